// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

/// A response stream, the requests it answers, and what it means.
struct ResponseCase: Sendable, CustomTestStringConvertible {
    let text: String
    let methods: [HTTPMethod]
    let lines: [String]

    init(_ text: String, to methods: [HTTPMethod] = [.get], _ lines: String...) {
        self.text = text
        self.methods = methods
        self.lines = lines
    }

    var testDescription: String { String(Bytes(text).span.hex.prefix(120)) }
}

@Suite struct ResponseParserTests {
    static let bodies: [ResponseCase] = [
        ResponseCase(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            "head 1.1 200 OK length(2) keep", "  Content-Length: 2", "body hi", "end", "idle"),
        ResponseCase(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "head 1.1 200 OK length(0) keep", "  Content-Length: 0", "end", "idle"),
        ResponseCase(
            "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n1\r\nd\r\n0\r\nX-T: 1\r\n\r\n",
            "head 1.1 200  chunked keep", "  Transfer-Encoding: chunked", "body abcd", "end", "idle"
        ),
        ResponseCase(
            "HTTP/1.1 200\r\n\r\nall the rest",
            "head 1.1 200  untilClose", "body all\\20the\\20rest", "end"),
        ResponseCase(
            "HTTP/1.0 404 No such\tthing\r\n\r\n",
            "head 1.0 404 No\\20such\\9thing untilClose", "end"),
        ResponseCase(
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
            "head 1.0 200 OK length(1) keep", "  Connection: keep-alive", "  Content-Length: 1",
            "body x", "end", "idle"),
        ResponseCase(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
            "head 1.1 200 OK length(1)", "  Connection: close", "  Content-Length: 1", "body x",
            "end", "idle"),
        ResponseCase(
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", to: [.head],
            "head 1.1 200 OK none keep", "  Content-Length: 9", "end", "idle"),
        ResponseCase(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", to: [.head],
            "head 1.1 200 OK none keep", "  Transfer-Encoding: chunked", "end", "idle"),
        ResponseCase("HTTP/1.1 204 No\r\n\r\n", "head 1.1 204 No none keep", "end", "idle"),
        ResponseCase(
            "HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n",
            "head 1.1 304 N none keep", "  Content-Length: 9", "end", "idle"),
        ResponseCase(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\n"
                + "HTTP/1.1 204 No\r\n\r\n",
            "informational 100", "informational 103", "head 1.1 204 No none keep", "end", "idle"),
        ResponseCase(
            "HTTP/1.1 204 A\r\n\r\nHTTP/1.1 204 B\r\n\r\n", to: [.get, .post],
            "head 1.1 204 A none keep", "end", "head 1.1 204 B none keep", "end", "idle"),
    ]

    static let faults: [(String, String)] = [
        ("", "closed_before_response"),
        ("H", "truncated"),
        ("HTTP/1.1 200 OK\r\n", "truncated"),
        ("HTTP/1.1 100 Continue\r\n\r\n", "truncated"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx", "truncated"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", "truncated"),
        ("<html>", "malformed_status_line"), ("HTTP/2 200\r\n\r\n", "malformed_status_line"),
        ("HTTP/1.2 200 OK\r\n\r\n", "malformed_status_line"),
        ("HTTP/1.1  200 OK\r\n\r\n", "malformed_status_line"),
        ("HTTP/1.1 20 OK\r\n\r\n", "malformed_status_line"),
        ("HTTP/1.1 099 OK\r\n\r\n", "malformed_status_line"),
        ("HTTP/1.1 600 OK\r\n\r\n", "malformed_status_line"),
        ("HTTP/1.1 2000\r\n\r\n", "malformed_status_line"),
        ("HTTP/1.1 200 O\u{1}K\r\n\r\n", "malformed_status_line"),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n", "malformed_status_line"),
        ("HTTP/1.1 200 OK\n\r\n", "bare_line_feed"), ("HTTP/1.1 200 OK\rx", "bare_carriage_return"),
        ("HTTP/1.1 101 Switch\r\n\r\n", "unexpected_upgrade"),
        (String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: 9), "too_many_informational"),
        ("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "space_before_colon"),
        ("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "folded_field"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "repeated_content_length"
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "ambiguous_framing"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "invalid_content_length"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "unknown_transfer_coding"),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "transfer_encoding_in_http10"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx", "invalid_chunk_size"),
        ("HTTP/1.1 204 N\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "unsolicited_bytes"),
        ("HTTP/1.1 200 " + String(repeating: "x", count: 33_000), "head_too_large"),
    ]

    @Test("responses and their bodies, however they are cut", arguments: bodies)
    func body(row: ResponseCase) {
        let bytes = Bytes(row.text)
        #expect(Transcript.responses(bytes, to: row.methods).lines == row.lines)
        for cut in 0...bytes.count {
            #expect(Transcript.responses(bytes, to: row.methods, cuts: [cut]).lines == row.lines)
        }
        let bytewise = Transcript.responses(bytes, to: row.methods, cuts: Array(0..<bytes.count))
        #expect(bytewise.lines == row.lines)
    }

    @Test("what an upstream may not send, however it is cut", arguments: faults)
    func fault(text: String, label: String) {
        let bytes = Bytes([UInt8](text.unicodeScalars.map { UInt8($0.value) }))
        let whole = Transcript.responses(bytes)
        #expect(whole.fault == label, "\(whole)")
        for cut in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 300)) {
            #expect(Transcript.responses(bytes, cuts: [cut]) == whole)
        }
        #expect(Transcript.responses(bytes, cuts: Array(0..<bytes.count)) == whole)
    }

    @Test("bytes before any request are unsolicited, and an idle end is clean")
    func unsolicited() {
        #expect(Transcript.responses("H", to: []).fault == "unsolicited_bytes")
        #expect(Transcript.responses("", to: []).lines == ["idle"])
    }

    @Test("after a body that ended with its connection, nothing else comes")
    func afterClose() {
        var parser = HTTP1ResponseParser()
        parser.begin(method: .get)
        let head: Bytes = "HTTP/1.1 200 OK\r\n\r\n"
        _ = parser.next(head.span)
        guard case .end = parser.onEndOfInput(), case .failure = parser.onEndOfInput(),
            case .failure = parser.next(head.span).event
        else {
            Issue.record("the parser came back to life")
            return
        }
    }

    @Test("trailers are there at the end, and gone with the next response")
    func trailers() {
        var parser = HTTP1ResponseParser()
        parser.begin(method: .get)
        let bytes: Bytes =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Cost: 3\r\nHost: h\r\n\r\n"
        let head = parser.next(bytes.span).consumed
        _ = parser.next(bytes.span.extracting(head..<bytes.count))
        let cost = parser.trailers?["x-cost"]
        #expect(cost == "3")
        let host = parser.trailers?.contains(.host)
        #expect(host == false)
        parser.begin(method: .get)
        let next: Bytes = "HTTP/1.1 204 No\r\n\r\n"
        _ = parser.next(next.span)
        let isGone = parser.trailers == nil
        #expect(isGone)
    }
}
