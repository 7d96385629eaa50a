// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import JSON
import Testing

@Suite struct JSONSliceTests {
    private func root(_ text: Bytes) throws -> JSONSlice { try JSONScanner.validate(text.span) }

    @Test(
        "whole numbers are read exactly, others not at all",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-12", -12), ("9223372036854775807", Int.max),
            ("-9223372036854775807", -Int.max), ("10.0", 10), ("1e3", 1000), ("2.5e1", 25),
            ("9223372036854775808", nil), ("0.5", nil), ("1e400", nil), ("1e300", nil),
            ("99999999999999999999999", nil), ("true", nil), ("\"1\"", nil), ("null", nil),
        ] as [(String, Int?)])
    func ints(text: String, value: Int?) throws {
        let bytes = Bytes(text)
        let int = try root(bytes).int(in: bytes.span)
        #expect(int == value)
    }

    @Test("doubles", arguments: [("1.5", 1.5), ("-0.1e-2", -0.001), ("1e400", .infinity)])
    func doubles(text: String, value: Double) throws {
        let bytes = Bytes(text)
        let double = try root(bytes).double(in: bytes.span)
        #expect(double == value)
    }

    @Test("short decimals are read to the last bit as the standard library reads them")
    func shortDecimals() throws {
        var random = SeededGenerator(seed: 11)
        var texts = ["-0", "0.0", "-0.0", "0.1", "9007199254740992", "9007199254740993"]
        for _ in 0..<20_000 {
            let digits = String(random.next() % 10_000_000_000_000_000)
            let cut = digits.index(
                digits.startIndex, offsetBy: Int(random.next() % UInt64(digits.count)) + 1)
            let fraction = digits[cut...]
            let sign = random.next() % 2 == 0 ? "-" : ""
            texts.append("\(sign)\(digits[..<cut])\(fraction.isEmpty ? "" : ".\(fraction)")")
        }
        for text in texts {
            let bytes = Bytes(text)
            guard let slice = try? root(bytes) else { continue }
            let double = slice.double(in: bytes.span)
            #expect(double?.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
    }

    @Test("booleans", arguments: [("true", true), ("false", false), ("null", nil), ("1", nil)])
    func bools(text: String, value: Bool?) throws {
        let bytes = Bytes(text)
        let bool = try root(bytes).bool(in: bytes.span)
        #expect(bool == value)
    }

    @Test(
        "strings are decoded; a lone surrogate becomes a replacement character",
        arguments: [
            (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/""#, "\"\\/"),
            (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "\u{E9}\u{20AC}"),
            (#""\ud83d\ude00x""#, "\u{1F600}x"), (#""\ud800x""#, "\u{FFFD}x"),
            (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
            (#""\ud800\ud83d\ude00""#, "\u{FFFD}\u{1F600}"),
            (#""\ud800\n""#, "\u{FFFD}\n"), (#""é\u0000😀""#, "é\u{0}😀"),
        ])
    func strings(text: String, value: String) throws {
        let bytes = Bytes(text)
        let slice = try root(bytes)
        #expect(slice.string(in: bytes)?.string == value)
        #expect(slice.hasEscapes == text.contains("\\"))
        let isSame = slice.equals(Bytes(value).span, in: bytes.span)
        let isOther = slice.equals(Bytes(value + "x").span, in: bytes.span)
        #expect(isSame && !isOther)
    }

    @Test("names of members are compared decoded")
    func decodedNames() throws {
        let bytes: Bytes = #"{"m\u006fdel":"x"}"#
        var scanner = JSONScanner(bytes.span)
        _ = try scanner.enterObject()
        let next = try scanner.nextKey()
        let key = try #require(next)
        let isModel = key.equals("model", in: bytes.span)
        let isMode = key.equals("mode", in: bytes.span)
        #expect(isModel && !isMode)
    }

    @Test("pulling gives the same values as walking afterwards, and checks all the same")
    func pulling() throws {
        let bytes: Bytes = #" {"a":1 , "b":[true,{"c":null}, "x" ], "d":{}, "e":[]} "#
        let span = bytes.span
        var scanner = JSONScanner(span)
        _ = try scanner.enterObject()
        var pulled: [String] = []
        while let key = try scanner.nextKey() {
            let value = try scanner.value()
            pulled.append(bytes[key.range].string + bytes[value.range].string)
        }
        try scanner.finish()
        var members = JSONMembers(in: span)
        var walked: [String] = []
        while let member = members.next() {
            walked.append(bytes[member.key.range].string + bytes[member.value.range].string)
        }
        let isMalformed = members.isMalformed
        #expect(!isMalformed)
        #expect(pulled == walked)
        #expect(pulled == [#""a"1"#, #""b"[true,{"c":null}, "x" ]"#, #""d"{}"#, #""e"[]"#])
    }

    @Test("entering what is no container says so and loses nothing")
    func entering() throws {
        let bytes: Bytes = #"["x"]"#
        var scanner = JSONScanner(bytes.span)
        let seen = [
            try scanner.enterObject(), try scanner.enterArray(), try scanner.nextElement(),
            try scanner.enterArray(), try scanner.value().kind == .string,
            try scanner.nextElement(),
        ]
        #expect(seen == [false, true, true, false, true, false])
        try scanner.finish()
    }

    @Test("the elements of an array, and none of other values")
    func elements() throws {
        let bytes: Bytes = #"[1,"]",[2,[3]],{"a":"}"}, true ]"#
        var elements = JSONElements(of: try root(bytes), in: bytes.span)
        var found: [String] = []
        while let element = elements.next() { found.append(bytes[element.range].string) }
        #expect(found == ["1", #""]""#, "[2,[3]]", #"{"a":"}"}"#, "true"])
        var members = JSONMembers(of: try root(bytes), in: bytes.span)
        let none = members.next()
        #expect(none == nil)
    }

    @Test("quotes, backslashes and brackets inside strings do not end a container")
    func trickyContainers() {
        let tricky = [
            #""}""#, #""\"}""#, #""\\""#, #""\\\"]""#, #""[{""#, #""\u005c""#, #"{"}":"]"}"#,
            #"[["\""],"\\"]"#,
        ]
        for padding in 0..<20 {
            for value in tricky {
                let blanks = String(repeating: " ", count: padding)
                let inner = "[\(blanks)\(value),{\"k\":\(value)}\(blanks)]"
                let bytes = Bytes("{\"a\":\(inner),\"b\":{\"c\":\(inner)},\"d\":1}")
                var members = JSONMembers(in: bytes.span)
                var found: [String] = []
                while let member = members.next() { found.append(bytes[member.value.range].string) }
                #expect(found == [inner, "{\"c\":\(inner)}", "1"])
            }
        }
    }

    @Test("walking malformed bytes ends and says so")
    func malformedWalks() {
        for text in [
            "", "x", "[1]", "{", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":{", "{\"a\" 1}", "{1:2}",
        ] {
            let bytes = Bytes(text)
            var members = JSONMembers(in: bytes.span)
            while members.next() != nil {}
            let isMalformed = members.isMalformed
            #expect(isMalformed)
        }
    }
}
