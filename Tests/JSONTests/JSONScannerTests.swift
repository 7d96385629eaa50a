// SPDX-License-Identifier: Apache-2.0
import Core
import JSON
import Testing

/// Where and why a text is refused; nil when it is accepted.
func verdict(on text: Bytes) -> JSONFault? {
    do throws(JSONFault) {
        _ = try JSONScanner.validate(text.span)
        return nil
    } catch { return error }
}

func verdict(on text: String) -> JSONFault? { verdict(on: Bytes(text)) }

/// A text, the fault expected of it, and where.
struct BadText: Sendable, CustomTestStringConvertible {
    let text: [UInt8]
    let kind: JSONFault.Kind
    let offset: Int
    let path: String

    init(_ text: String, _ kind: JSONFault.Kind, _ offset: Int, _ path: String = "") {
        self.init([UInt8](text.utf8), kind, offset, path)
    }

    init(_ text: [UInt8], _ kind: JSONFault.Kind, _ offset: Int, _ path: String = "") {
        self.text = text
        self.kind = kind
        self.offset = offset
        self.path = path
    }

    var testDescription: String { String(decoding: text.prefix(60), as: UTF8.self) }
}

@Suite struct JSONScannerTests {
    static let sample = """
        {"model": "gpt-4o", "stream": true, "n": null, "temperature": -0.75e+2, "messages": [
         {"role": "user", "content": "na\u{EF}ve \u{1F426} \\"quoted\\" \\ud83d\\ude00 \\u00e9"},
         {"role": "assistant", "content": [], "x": {}, "y": [[1, 2.5, {"z": [false]}]]}
        ]}
        """

    @Test(
        "texts of the grammar are accepted",
        arguments: [
            "{}", "[]", "0", "-0", "1", "-1", "10", "0.5", "-0.0", "1e5", "1E-5", "1.5e+10",
            "123456789",
            "1e400", "-1e-400", "true", "false", "null", "\"\"", "\"a\"", " {} ", "\t[\n]\r\n",
            "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[{}]", "{\"a\":1}", "{\"a\":1,\"b\":2}",
            "{ \"a\" : { \"b\" : [ ] } }", "{\"\":0}", "[null,true,false]", "[\"\",\"\"]",
            #""\"\\\/\b\f\n\r\t\u0000\uABCD\uabcd""#, #""\ud83d\ude00""#, #""\ud800""#,
            #""\udc00a""#,
            #""\ud800\ud800""#, "\"\u{7F}\"", "\"\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"",
            "\"\u{2028}\u{2029}\"", "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
            "[{\"a\":1},{\"a\":1}]", #"{"a":1,"A":2,"a ":3,"á":4}"#, JSONScannerTests.sample,
        ])
    func accepted(text: String) {
        #expect(verdict(on: text) == nil)
    }

    @Test(
        "texts off the grammar are refused, with the place",
        arguments: [
            BadText("", .empty, 0), BadText(" \n", .empty, 2),
            BadText([0xEF, 0xBB, 0xBF, 0x7B, 0x7D], .byteOrderMark, 0),
            BadText([0xFF, 0xFE, 0x7B, 0x00], .expectedValue, 0),
            BadText("{} {}", .trailingBytes, 3), BadText("1 2", .trailingBytes, 2),
            BadText("nullx", .trailingBytes, 4), BadText("[]]", .trailingBytes, 2),
            BadText("{}\u{0}", .trailingBytes, 2), BadText("\u{B}1", .expectedValue, 0),
            BadText("[1,]", .expectedValue, 3, "[1]"), BadText("[,1]", .expectedValue, 1, "[0]"),
            BadText("[1,,2]", .expectedValue, 3, "[1]"), BadText("[1 2]", .expectedComma, 3, "[0]"),
            BadText("[1}", .expectedComma, 2, "[0]"), BadText("[}", .expectedValue, 1, "[0]"),
            BadText("{]", .expectedKey, 1), BadText("{,}", .expectedKey, 1),
            BadText("{\"a\":1,}", .expectedKey, 7), BadText("{a:1}", .expectedKey, 1),
            BadText("{1:1}", .expectedKey, 1), BadText("{'a':1}", .expectedKey, 1),
            BadText("{\"a\" 1}", .expectedColon, 5, "a"),
            BadText("{\"a\",}", .expectedColon, 4, "a"),
            BadText("{\"a\":}", .expectedValue, 5, "a"),
            BadText("{\"a\":1 \"b\":2}", .expectedComma, 7, "a"),
            BadText("{\"a\":1]", .expectedComma, 6, "a"),
            BadText("{\"a\"::1}", .expectedValue, 5, "a"),
            BadText("tru ", .expectedValue, 0), BadText("True", .expectedValue, 0),
            BadText("nul", .unexpectedEnd, 3), BadText("NaN", .expectedValue, 0),
            BadText("undefined", .expectedValue, 0), BadText("/* */1", .expectedValue, 0),
            BadText("[1] // x", .trailingBytes, 4), BadText("[", .unexpectedEnd, 1),
            BadText("{", .unexpectedEnd, 1), BadText("[1", .unexpectedEnd, 2),
            BadText("{\"a", .unexpectedEnd, 3), BadText("{\"a\"", .unexpectedEnd, 4),
            BadText("{\"messages\":[{},{\"role\":x}]}", .expectedValue, 24, "messages[1].role"),
        ])
    func refused(bad: BadText) throws {
        let fault = try #require(verdict(on: Bytes(bad.text)))
        #expect(fault.kind == bad.kind)
        #expect(fault.offset == bad.offset)
        if !bad.path.isEmpty { #expect(fault.path.string == bad.path) }
    }

    @Test(
        "numbers off the grammar are refused",
        arguments: [
            "01", "-01", "00", "-", "+1", ".5", "1.", "1.e5", "1e", "1e+", "1e-", "0x10", "1_000",
            "--1",
            "-a", "1.2.3", "1e5.5", "Infinity", "-Infinity", "1a", "0e", "-.5", "\u{661}",
        ])
    func badNumbers(text: String) throws {
        #expect(verdict(on: text) != nil)
        let wrapped = try #require(verdict(on: "{\"n\":[\(text)]}"))
        #expect(wrapped.path.string == "n[0]")
    }

    @Test("control characters in strings are refused wherever they stand")
    func controls() {
        for control in UInt8(0)..<0x20 {
            for place in 0..<40 {
                var text = [UInt8](repeating: 0x61, count: 42)
                text[0] = 0x22
                text[41] = 0x22
                text[place + 1] = control
                let found = verdict(on: Bytes(text))
                #expect(found?.kind == .controlCharacter && found?.offset == place + 1)
            }
        }
    }

    @Test(
        "escapes off the grammar are refused, at their backslash",
        arguments: [
            #"\a"#, #"\x41"#, #"\'"#, #"\0"#, #"\U0041"#, #"\u"#, #"\u1"#, #"\u12"#, #"\u123"#,
            #"\u123g"#,
            #"\u 123"#, #"\u-123"#, #"\ud83d\u"#, "\\\n", "\\\u{E9}",
        ])
    func badEscapes(escape: String) {
        for padding in [0, 1, 14, 15, 16, 17, 31] {
            let text = "\"" + String(repeating: "x", count: padding) + escape + "\""
            let found = verdict(on: text)
            #expect(found?.kind == .badEscape)
            let start = escape.hasPrefix(#"\ud83d"#) ? padding + 7 : padding + 1
            #expect(found?.offset == start)
        }
    }

    @Test(
        "malformed UTF-8 is refused, with the place",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x98, 0x41], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xC3, 0xC3], [0xF0, 0x9F, 0xC3, 0x80],
        ] as [[UInt8]])
    func badUTF8(sequence: [UInt8]) {
        for padding in [0, 1, 13, 14, 15, 16, 30] {
            let text =
                [0x22] + [UInt8](repeating: 0x61, count: padding) + sequence + [0x22]
            let found = verdict(on: Bytes(text))
            #expect(found?.kind == .badUTF8)
            #expect(found?.offset == padding + 1)
        }
    }

    @Test("a text cut at any byte is refused at its end or before")
    func truncation() throws {
        let whole = Bytes(Self.sample)
        #expect(verdict(on: whole) == nil)
        for length in 0..<whole.count {
            let found = try #require(verdict(on: whole[0..<length]), "cut at \(length)")
            #expect(found.offset <= length)
            // Cut inside a number or a character, the fault may be told of its start.
            if found.kind != .badUTF8 { #expect(found.offset == length) }
        }
    }

    @Test("nesting is accepted up to the limit and refused beyond, however deep")
    func depth() {
        let limit = JSONScanner.depthLimit
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + String(repeating: close, count: depth)
        }
        #expect(verdict(on: nested(limit, "[", "]")) == nil)
        #expect(verdict(on: nested(limit + 1, "[", "]"))?.kind == .tooDeep)
        #expect(verdict(on: nested(limit + 1, "[", "]"))?.offset == limit)
        for depth in [10_000, 1_000_000] {
            #expect(verdict(on: nested(depth, "[", "]"))?.kind == .tooDeep)
            #expect(verdict(on: String(repeating: "[{\"a\":", count: depth))?.kind == .tooDeep)
        }
        let objects = String(repeating: "{\"a\":", count: limit)
        #expect(verdict(on: objects + "1" + String(repeating: "}", count: limit)) == nil)
        #expect(
            verdict(on: objects + "{}" + String(repeating: "}", count: limit))?.kind == .tooDeep)
    }

    @Test("the message is a sentence with the byte and the path")
    func message() {
        let found = verdict(on: "{\"messages\":[{\"content\":\"\\q\"}]}")
        #expect(
            found?.message
                == "the escape sequence is malformed at byte 25 (in messages[0].content)")
        #expect(verdict(on: "[1] x")?.message == "something follows the value at byte 4")
    }

    @Test("a path shows of hostile names only so much, and no invalid bytes")
    func longPath() throws {
        let name = String(repeating: "n", count: 5_000)
        let text = String(repeating: "{\"\(name)\":", count: 100) + "x"
        let found = try #require(verdict(on: text))
        #expect(found.path.count <= JSONPath.lengthLimit + JSONPath.nameLimit + 1)
        let invalid: [UInt8] = [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x78]
        #expect(JSONPath.locate(6, in: invalid.span) == "\u{FFFD}")
    }
}
