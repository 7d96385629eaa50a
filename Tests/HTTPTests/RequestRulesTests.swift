// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

/// A request, and the fault it has; nil if it is fine.
struct RuleCase: Sendable, CustomTestStringConvertible {
    let text: String
    let fault: HTTPFault?

    init(_ text: String, _ fault: HTTPFault? = nil) {
        self.text = text
        self.fault = fault
    }

    var bytes: Bytes { Bytes([UInt8](text.unicodeScalars.map { UInt8($0.value) })) }

    var testDescription: String { String(bytes.span.hex.prefix(120)) }

    /// A GET with these further lines.
    static func fields(_ lines: String, _ fault: HTTPFault? = nil) -> RuleCase {
        RuleCase("GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n", fault)
    }

    /// A chunked POST with this body.
    static func chunks(_ body: String, _ fault: HTTPFault? = nil) -> RuleCase {
        RuleCase("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", fault)
    }

    /// A GET of this target.
    static func target(_ target: String, _ fault: HTTPFault? = nil) -> RuleCase {
        RuleCase("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", fault)
    }
}

@Suite struct RequestRulesTests {
    static let startLines: [RuleCase] = [
        RuleCase("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        RuleCase("GET / HTTP/1.0\r\n\r\n"),
        RuleCase("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n"),
        RuleCase("G\u{40}T / HTTP/1.1\r\n\r\n", .invalidMethod),
        RuleCase(" GET / HTTP/1.1\r\n\r\n", .invalidMethod),
        RuleCase("GET\t/ HTTP/1.1\r\n\r\n", .invalidMethod),
        RuleCase("\u{16}\u{3}\u{1}\u{2}", .invalidMethod),
        RuleCase(String(repeating: "A", count: 33) + " / HTTP/1.1\r\n", .methodTooLong),
        RuleCase("GET  / HTTP/1.1\r\n\r\n", .invalidTarget),
        RuleCase("GET /  HTTP/1.1\r\n\r\n", .malformedVersion),
        RuleCase("GET / HTTP/1.1 \r\n\r\n", .malformedVersion),
        RuleCase("GET / http/1.1\r\n\r\n", .malformedVersion),
        RuleCase("GET / HTTP/11\r\n\r\n", .malformedVersion),
        RuleCase("GET /\r\n\r\n", .malformedVersion),
        RuleCase("GET / HTTP/1.2\r\n\r\n", .unsupportedVersion),
        RuleCase("GET / HTTP/0.9\r\n\r\n", .unsupportedVersion),
        RuleCase("PRI / HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion),
        RuleCase("GET / HTTP/1.1\nHost: a\r\n\r\n", .bareLineFeed),
        RuleCase("GET / HTTP/1.1\rHost: a\r\n\r\n", .bareCarriageReturn),
        RuleCase("GET\n", .bareLineFeed),
        RuleCase("GET /\n", .bareLineFeed),
        RuleCase("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        RuleCase("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .tooManyEmptyLines),
        RuleCase("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", .bareCarriageReturn),
        RuleCase("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .bareLineFeed),
        .target("/" + String(repeating: "x", count: 8191)),
        .target("/" + String(repeating: "x", count: 8192), .targetTooLong),
        .target("/a\u{7F}b", .invalidTarget), .target("/a\u{1}b", .invalidTarget),
        .target("/\u{E9}", .invalidTarget), .target("/a#b", .invalidTarget),
        .target("path", .invalidTarget), .target("*", .invalidTarget),
        .target("ftp://a/", .invalidTarget), .target("http:///x", .invalidTarget),
        .target("http://u@a/", .invalidTarget), .target("http:/a/", .invalidTarget),
        .target("a:80", .invalidTarget), .target("http://a?/", nil),
        RuleCase("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        RuleCase("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
        RuleCase("CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        RuleCase("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
    ]

    static let lines: [RuleCase] = [
        .fields("X: a\tb c\u{E9}"), .fields("X:"), .fields("X:   "),
        .fields("x!#$%&'*+-.^_`|~0: a"),
        .fields("X : a", .spaceBeforeColon), .fields("X\t: a", .spaceBeforeColon),
        .fields(": a", .invalidFieldName), .fields("X@Y: a", .invalidFieldName),
        .fields("X(Y: a", .invalidFieldName), .fields("X\u{E9}: a", .invalidFieldName),
        .fields("XY", .bareCarriageReturn),
        .fields("X: a\u{0}b", .invalidFieldValue), .fields("X: a\u{7F}", .invalidFieldValue),
        .fields("X: a\u{1B}b", .invalidFieldValue),
        .fields("X: a\rb", .bareCarriageReturn), .fields("X: a\nY: b", .bareLineFeed),
        .fields("X: a\r\n b", .foldedField), .fields("X: a\r\n\tb", .foldedField),
        RuleCase("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        RuleCase("GET / HTTP/1.1\r\nHost: a\r\n\rX", .bareCarriageReturn),
        RuleCase("GET / HTTP/1.1\r\nHost: a\n", .bareLineFeed),
        .fields(String(repeating: "n", count: 255) + ": a"),
        .fields(String(repeating: "n", count: 256) + ": a", .fieldNameTooLong),
        .fields((0..<98).map { "X\($0): a\r\n" }.joined() + "Y: a"),
        .fields((0..<99).map { "X\($0): a\r\n" }.joined() + "Y: a", .tooManyFields),
        .fields("X: " + String(repeating: "v", count: 32 * 1024), .headTooLarge),
        .fields("X: " + String(repeating: "v", count: 32_736)),
        .fields("X: " + String(repeating: "v", count: 32_737), .headTooLarge),
    ]

    static let meanings: [RuleCase] = [
        RuleCase("GET / HTTP/1.1\r\n\r\n", .missingHost),
        .fields("HOST: a", .repeatedHost), .fields("Host:", .repeatedHost),
        RuleCase("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", .repeatedHost),
        RuleCase("GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        RuleCase("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
        RuleCase("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .invalidHost),
        RuleCase("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .invalidHost),
        RuleCase("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", .invalidHost),
        .fields("Content-Length: 0"), .fields("Content-Length:  \t0 "),
        .fields("Content-Length: 00"),
        .fields("Content-Length:", .invalidContentLength),
        .fields("Content-Length: +1", .invalidContentLength),
        .fields("Content-Length: -1", .invalidContentLength),
        .fields("Content-Length: 0x1", .invalidContentLength),
        .fields("Content-Length: 1, 1", .invalidContentLength),
        .fields("Content-Length: 1 1", .invalidContentLength),
        .fields("Content-Length: 9223372036854775807"),
        .fields("Content-Length: 9223372036854775808", .contentLengthTooLarge),
        .fields("Content-Length: 99999999999999999999", .contentLengthTooLarge),
        .fields("Content-Length: 0\r\ncontent-length: 0", .repeatedContentLength),
        .fields("Content-Length: 0\r\nContent-Length: 1", .repeatedContentLength),
        .fields("Content-Length: 0\r\nTransfer-Encoding: chunked", .ambiguousFraming),
        .fields("Transfer-Encoding: identity\r\nContent-Length: 0", .ambiguousFraming),
        .fields("Transfer-Encoding: chunked"), .fields("transfer-ENCODING: CHUNKED"),
        .fields("Transfer-Encoding:", .chunkedNotLast),
        .fields("Transfer-Encoding: gzip", .unknownTransferCoding),
        .fields("Transfer-Encoding: gzip, chunked", .unknownTransferCoding),
        .fields("Transfer-Encoding: xchunked", .unknownTransferCoding),
        .fields("Transfer-Encoding: chunked;q=1", .unknownTransferCoding),
        .fields("Transfer-Encoding: chunked, gzip", .chunkedNotLast),
        .fields("Transfer-Encoding: chunked, chunked", .chunkedNotLast),
        .fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", .chunkedNotLast),
        .fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .chunkedNotLast),
        RuleCase(
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingInHTTP10),
        .fields("Expect: 100-Continue"), .fields("Expect: 200-ok", .unmetExpectation),
        .fields("Expect: 100-continue\r\nExpect: x", .unmetExpectation),
    ]

    static let bodies: [RuleCase] = [
        .chunks("0\r\n\r\n"), .chunks("5\r\nhello\r\n0\r\n\r\n"),
        .chunks("00a\r\n0123456789\r\n0\r\n\r\n"),
        .chunks("1;a\r\nx\r\n0\r\n\r\n"), .chunks("1;a=b;c=\"d\\\"\t\"\r\nx\r\n0;z\r\n\r\n"),
        .chunks("\r\n", .invalidChunkSize), .chunks(";a\r\n", .invalidChunkSize),
        .chunks("g\r\n", .invalidChunkSize), .chunks("1 \r\n", .invalidChunkSize),
        .chunks("-1\r\n", .invalidChunkSize), .chunks("0x1\r\n", .invalidChunkSize),
        .chunks("1\n", .bareLineFeed), .chunks("1\rx", .bareCarriageReturn),
        .chunks("7fffffffffffffff\r\n"), .chunks("8000000000000000\r\n", .invalidChunkSize),
        .chunks("fffffffffffffffff\r\n", .invalidChunkSize),
        .chunks("1;\r\n", .invalidChunkExtension), .chunks("1;a=\r\n", .invalidChunkExtension),
        .chunks("1; a\r\n", .invalidChunkExtension), .chunks("1;a=\"b\r\n", .invalidChunkExtension),
        .chunks("1;a=\"b\"c\r\n", .invalidChunkExtension),
        .chunks("1;a b\r\n", .invalidChunkExtension),
        .chunks("1;a\n", .bareLineFeed),
        .chunks("1\r\nxy", .malformedChunkEnd), .chunks("1\r\nx\n", .malformedChunkEnd),
        .chunks("1\r\nx\r0", .malformedChunkEnd),
        .chunks("1;" + String(repeating: "a", count: 1020) + "\r\nx\r\n0\r\n\r\n"),
        .chunks("1;" + String(repeating: "a", count: 1021) + "\r\n", .chunkLineTooLong),
        .chunks(
            String(repeating: "1;" + String(repeating: "a", count: 1000) + "\r\nx\r\n", count: 17),
            .chunkOverhead),
        .chunks(String(repeating: "1\r\nx\r\n", count: 5000) + "0\r\n\r\n"),
        .chunks("0\r\nA: b\r\n\r\n"), .chunks("0\r\nA : b\r\n\r\n", .spaceBeforeColon),
        .chunks("0\r\n A: b\r\n\r\n", .foldedField), .chunks("0\r\nA: b\n\r\n", .bareLineFeed),
        .chunks("0\r\nA: " + String(repeating: "b", count: 9000), .trailersTooLarge),
        .chunks("0\r\n\rx", .bareCarriageReturn),
    ]

    @Test("start lines", arguments: startLines)
    func startLine(row: RuleCase) { check(row) }

    @Test("field lines", arguments: lines)
    func fieldLine(row: RuleCase) { check(row) }

    @Test("what fields say about host, framing and expectations", arguments: meanings)
    func meaning(row: RuleCase) { check(row) }

    @Test("chunked bodies and trailers", arguments: bodies)
    func chunkedBody(row: RuleCase) { check(row) }

    /// The verdict, and that it does not depend on how the bytes are cut.
    private func check(_ row: RuleCase) {
        let whole = Transcript.requests(row.bytes)
        #expect(whole.fault == row.fault.map { "\($0.label)" }, "\(whole)")
        if row.fault == nil { #expect(whole.lines.contains { $0.hasPrefix("head ") }) }
        let count = row.bytes.count
        #expect(Transcript.requests(row.bytes, cuts: Array(0..<count)) == whole)
        let step = count < 1000 ? 1 : count / 50
        for cut in stride(from: 0, through: count, by: step) {
            #expect(Transcript.requests(row.bytes, cuts: [cut]) == whole, "cut at \(cut)")
        }
    }

    @Test("every fault has a status of its class, a distinct label and a sentence")
    func faultTables() {
        #expect(Set(HTTPFault.allCases.map { "\($0.label)" }).count == HTTPFault.allCases.count)
        for fault in HTTPFault.allCases {
            #expect([400, 413, 414, 417, 431, 501, 502, 505].contains(fault.status))
            #expect("\(fault.message)".hasSuffix("."))
        }
    }
}
