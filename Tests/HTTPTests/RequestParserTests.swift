// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

@Suite struct RequestParserTests {
    private func head(_ text: String) throws -> RequestHead {
        var parser = HTTP1RequestParser()
        let bytes = Bytes(text)
        guard case (bytes.count, .head(let head)) = parser.next(bytes.span) else {
            throw Unexpected()
        }
        return head
    }

    private struct Unexpected: Error {}

    @Test("a whole request with a body is head, body and end")
    func wholeRequest() {
        let bytes: Bytes =
            "POST /v1/x?a=1?b HTTP/1.1\r\nHost: h:1\r\nContent-Length: 5\r\nX:  y \r\n\r\nhello"
        #expect(
            Transcript.requests(bytes).lines == [
                "head POST origin /v1/x?a=1?b path=/v1/x query=a=1?b authority=h:1 1.1"
                    + " length(5) keep bytes=67",
                "  Host: h:1", "  Content-Length: 5", "  X: y", "body hello", "end",
            ])
    }

    @Test("pipelined requests come one after the other, and nothing after a closing one")
    func pipelining() {
        let bytes: Bytes = """
            GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\
            POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\
            \r\nGET /3 HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n\
            GET /4 HTTP/1.1\r\nHost: a\r\n\r\n
            """
        let transcript = Transcript.requests(bytes)
        #expect(transcript.ends == 3)
        #expect(transcript.fault == nil)
        #expect(!transcript.description.contains("/4"))
        for cut in 0...bytes.count {
            #expect(Transcript.requests(bytes, cuts: [cut]) == transcript)
        }
    }

    @Test(
        "the form of the target decides path, query and authority",
        arguments: [
            ("GET /a/b?c=d HTTP/1.1", TargetForm.origin, "/a/b", "c=d", "host"),
            ("GET /? HTTP/1.1", .origin, "/", "", "host"),
            ("GET http://other:80/x?y HTTP/1.1", .absolute, "/x", "y", "other:80"),
            ("GET HTTPS://other HTTP/1.1", .absolute, "/", "-", "other"),
            ("GET http://other?y/z HTTP/1.1", .absolute, "/", "y/z", "other"),
            ("OPTIONS * HTTP/1.1", .asterisk, "*", "-", "host"),
            ("CONNECT other:443 HTTP/1.1", .authority, "other:443", "-", "other:443"),
        ])
    func targets(line: String, form: TargetForm, path: String, query: String, host: String) throws {
        let head = try head(line + "\r\nHost: host\r\n\r\n")
        #expect(head.targetForm == form)
        #expect(head.path.string == path)
        #expect((head.query?.string ?? "-") == query)
        #expect(head.authority.string == host)
        #expect(head.pathSpan.hex == path)
        #expect(head.querySpan.count == (head.query?.count ?? 0))
    }

    @Test(
        "methods are told apart by case",
        arguments: [
            ("GET", HTTPMethod.get), ("HEAD", .head), ("POST", .post), ("PUT", .put),
            ("DELETE", .delete), ("OPTIONS", .options), ("PATCH", .patch), ("get", .other),
            ("GETS", .other), ("TRACE", .other),
        ])
    func methods(name: String, method: HTTPMethod) throws {
        let head = try head("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(head.method == method)
        #expect(head.methodName.string == name)
    }

    @Test(
        "persistence follows version and Connection",
        arguments: [
            ("1.1", "X: y", true), ("1.1", "Connection: close", false),
            ("1.1", "Connection: keep-alive", true), ("1.1", "Connection: a,, CLOSE ,b", false),
            ("1.1", "Connection: closed", true), ("1.0", "X: y", false),
            ("1.0", "Connection: Keep-Alive", true),
            ("1.0", "Connection: a\r\nConnection: keep-alive", true),
            ("1.0", "Connection: keep-alive\r\nConnection: close", false),
        ])
    func persistence(version: String, line: String, keepAlive: Bool) throws {
        #expect(
            try head("GET / HTTP/\(version)\r\nHost: a\r\n\(line)\r\n\r\n").keepAlive == keepAlive)
    }

    @Test(
        "a client waits for 100 Continue only with a body to send, in HTTP/1.1",
        arguments: [
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1", true),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked", true),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0", false),
            ("GET / HTTP/1.1\r\nHost: a", false),
            ("POST / HTTP/1.0\r\nContent-Length: 1", false),
        ])
    func expectation(lines: String, expects: Bool) throws {
        #expect(try head(lines + "\r\nExpect: 100-continue\r\n\r\n").expectsContinue == expects)
    }

    @Test("trailers that frame, route or authenticate are dropped, others are kept")
    func trailers() {
        let bytes: Bytes = """
            POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\
            Digest: d\r\nContent-Length: 9\r\nAuthorization: k\r\nSet-Cookie: c\r\n\
            Proxy-Foo: p\r\nX-Sum: 1\r\n\r\n
            """
        let transcript = Transcript.requests(bytes)
        #expect(
            transcript.lines.suffix(4) == ["trailers", "  Digest: d", "  X-Sum: 1", "end"])
        for cut in 0...bytes.count {
            #expect(Transcript.requests(bytes, cuts: [cut]) == transcript)
        }
    }

    @Test("it knows whether a request is under way, and faults its end in the middle")
    func endOfInput() {
        let bytes: Bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
        var parser = HTTP1RequestParser()
        func state() -> String {
            parser.isIdle ? "idle" : parser.isReadingHead ? "head" : "body"
        }
        var states = [state()]
        #expect(parser.onEndOfInput() == nil)
        for range in [0..<10, 10..<bytes.count - 2, bytes.count - 2..<bytes.count, 0..<0] {
            _ = parser.next(bytes.span.extracting(range))
            states.append(state())
        }
        #expect(states == ["idle", "head", "body", "body", "idle"])
        _ = parser.next(Bytes("G").span)
        #expect(parser.onEndOfInput() == .truncated)
        #expect(parser.onEndOfInput() == .truncated)
    }

    @Test("limits can be lowered")
    func limits() {
        var limits = HTTPLimits()
        limits.headBytes = 256
        limits.targetBytes = 10
        limits.fieldCount = 2
        limits.emptyLines = 0
        func fault(_ text: String) -> String? {
            Transcript.requests(Bytes(text), limits: limits).fault
        }
        #expect(fault("GET /234567890 HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n") == nil)
        #expect(fault("GET /2345678901 HTTP/1.1\r\n") == "target_too_long")
        #expect(fault("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nZ: z\r\n\r\n") == "too_many_fields")
        #expect(
            fault("GET / HTTP/1.1\r\nX: \(String(repeating: "y", count: 256))")
                == "head_too_large")
        #expect(fault("\r\nGET / HTTP/1.1\r\n") == "too_many_empty_lines")
    }
}
