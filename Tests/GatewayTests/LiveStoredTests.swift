// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Dialects
import Reactor
import Testing
import Upstreams

@testable import Gateway

/// Objects that a provider keeps, through a worker with sockets on both sides.
@Suite struct LiveStoredTests {
    private static func ask(
        _ method: String, _ target: String, _ fields: [String] = [], body: String? = nil
    ) -> String {
        var lines = ["\(method) \(target) HTTP/1.1", "host: gateway.test"] + fields
        if let body { lines.append("content-length: \(body.utf8.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    @Test("path, query and body pass to the provider's own base, the answer passes back")
    func passes() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream]) { snapshot in
            snapshot.upstreams[0].credentials = [Secret("Bearer theirs")]
        }
        let client = try gateway.connect()
        client.send(
            Self.ask(
                "POST", "/v1/files?a=b&c",
                [
                    "authorization: Bearer ours", "cookie: x=y", "x-other: 1",
                    "content-type: multipart/form-data; boundary=B", "idempotency-key: k",
                ], body: "--B\r\n\u{1}\r\n--B--"))
        let peer = try upstream.accept()
        let request = peer.receiveMessage()
        #expect(request.line == "POST /base/files?a=b&c HTTP/1.1")
        #expect(request["authorization"] == "Bearer theirs")
        #expect(request["content-type"] == "multipart/form-data; boundary=B")
        #expect(request["idempotency-key"] == "k")
        #expect(request["cookie"] == nil && request["x-other"] == nil)
        #expect(request.text == "--B\r\n\u{1}\r\n--B--")
        peer.answer(201, "{\"id\":\"file-1\"}", fields: ["x-request-id: u", "set-cookie: a=b"])
        let answer = client.receiveMessage()
        #expect(answer.status == 201 && answer.text == "{\"id\":\"file-1\"}")
        #expect(answer["x-apus-target"] == "u0" && answer["x-apus-upstream-request-id"] == "u")
        #expect(answer["set-cookie"] == nil && answer["x-request-id"] != nil)
        // The connection goes on.
        client.send(Self.ask("DELETE", "/v1/files/file-1"))
        let second = try upstream.accept()
        #expect(second.receiveMessage().line == "DELETE /base/files/file-1 HTTP/1.1")
        second.send("HTTP/1.1 204 Gone\r\n\r\n")
        #expect(client.receiveMessage(hasBody: false).status == 204)
        gateway.wait { $0.exchanges == 0 }
        #expect(gateway.onLoop { $0.storedCount } == 0)
    }

    @Test("a body is passed on while it comes, and slows down with the provider")
    func pressure() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream]) { $0.limits.bodyBytes = 1024 }
        let client = try gateway.connect()
        let size = 64 * 1024 * 1024
        client.send(
            "POST /v1/files HTTP/1.1\r\nhost: g\r\ncontent-length: \(size)\r\n\r\n")
        let piece = [UInt8](repeating: 7, count: 64 * 1024)
        // Until both kernels and the gateway's own queue are full, with nobody reading.
        var sent = 0
        var idle = 0
        while idle < 200 {
            let count = client.sendWithoutWaiting(piece)
            sent += count
            if count == 0 {
                idle += 1
                gateway.onLoop { _ in }
            } else {
                idle = 0
            }
            #expect(sent < size / 2, "the gateway takes a body that nobody reads")
            if sent >= size / 2 { return }
        }
        let peer = try upstream.accept()
        #expect(peer.receive(until: "\r\n\r\n").contains("content-length: \(size)"))
        var received = 0
        while received < size {
            sent += client.sendWithoutWaiting(Array(piece.prefix(size - sent)))
            received += try #require(peer.receive(1 << 20)).count
        }
        #expect(received == size)
        peer.answer()
        #expect(client.receiveMessage().status == 200)
    }

    @Test("a chunked body stays chunked, and is cut off at the limit")
    func chunked() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream]) { $0.limits.uploadBytes = 10 }
        let client = try gateway.connect()
        let head = "POST /v1/files HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n"
        client.send(head + "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n")
        let peer = try upstream.accept()
        let request = peer.receiveMessage()
        #expect(request.isWhole && request.text == "helloworld")
        peer.answer()
        #expect(client.receiveMessage().status == 200)
        client.send(head + "5\r\nhello\r\n6\r\nworld!\r\n")
        let refusal = client.receiveMessage()
        #expect(refusal.status == 413 && refusal["connection"] == "close")
        let long = try gateway.connect()
        long.send(Self.ask("POST", "/v1/files", body: "hello world"))
        #expect(long.receiveMessage().status == 413)
    }

    @Test("an early answer reaches a client that still sends, whose connection then ends")
    func earlyAnswer() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream])
        let client = try gateway.connect()
        client.send("POST /v1/files HTTP/1.1\r\nhost: g\r\ncontent-length: 100\r\n\r\nhalf")
        let peer = try upstream.accept()
        _ = peer.receive(until: "half")
        peer.answer(401, "{\"error\":{}}")
        let answer = client.receiveMessage()
        #expect(answer.status == 401 && answer["connection"] == "close")
        #expect(client.receiveToEnd().isEmpty)
        gateway.wait { $0.connections == 0 }
    }

    @Test("a client that leaves ends the call at once")
    func clientGone() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream])
        let client = try gateway.connect()
        client.send("POST /v1/files HTTP/1.1\r\nhost: g\r\ncontent-length: 100\r\n\r\nhalf")
        let peer = try upstream.accept()
        _ = peer.receive(until: "half")
        client.close()
        #expect(peer.receiveToEnd().isEmpty)
        gateway.wait { $0.connections == 0 }
        #expect(gateway.onLoop { $0.storedCount } == 0)
    }

    @Test("a provider that fails is asked once, and no other one")
    func noRetry() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream])
        let client = try gateway.connect()
        client.send(Self.ask("GET", "/v1/batches/b"))
        try upstream.accept().close()
        let answer = client.receiveMessage()
        #expect(answer.status == 502 && answer.text.contains("u0: connection_lost"))
        #expect(!upstream.hasCaller)
        // The next one goes its own way on the same connection.
        client.send(Self.ask("GET", "/v1/batches/b"))
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.answer(500, "{\"error\":{\"message\":\"theirs\"}}")
        #expect(client.receiveMessage().text.contains("theirs"))
        #expect(!upstream.hasCaller)
    }

    @Test("a broken answer has no proper end")
    func brokenAnswer() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream])
        let client = try gateway.connect()
        client.send(Self.ask("GET", "/v1/responses/r?stream=true"))
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk("data: {}\n\n")
        #expect(client.receive(until: "data: {}").contains("200 OK"))
        peer.close()
        let rest = String(decoding: client.receiveToEnd(), as: UTF8.self)
        #expect(rest.contains("upstream_broke_off") && !rest.hasSuffix("0\r\n\r\n"))
    }

    @Test("a silent provider is given up in the time allowed")
    func timeout() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream])
        let client = try gateway.connect()
        client.send(Self.ask("GET", "/v1/files/f", ["x-apus-timeout-ms: 50"]))
        let peer = try upstream.accept()
        #expect(client.receiveMessage().status == 504)
        _ = peer.receiveMessage()
        #expect(peer.receiveToEnd().isEmpty)
    }

    @Test("links to the provider's address lead back here")
    func links() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream]) { snapshot in
            snapshot.upstreams[0].kind = .anthropic
            snapshot.upstreams[0].stored = StoredBase(kind: .anthropic, basePath: "/base")
        }
        let client = try gateway.connect()
        client.send(Self.ask("GET", "/v1/messages/batches", ["anthropic-beta: b"]))
        let peer = try upstream.accept()
        let request = peer.receiveMessage()
        #expect(request.line.contains("/base/messages/batches "))
        #expect(request["anthropic-version"] == "2023-06-01" && request["anthropic-beta"] == "b")
        let link = "/v1/messages/batches/m/results"
        peer.answer(
            200, "{\"data\":[{\"results_url\" : \"https://api.x\(link)\"},{\"results_url\":null}]}")
        #expect(
            client.receiveMessage().text
                == "{\"data\":[{\"results_url\" : \"http://gateway.test\(link)\"},"
                + "{\"results_url\":null}]}")
    }

    @Test("an upload to Gemini goes on through here, and its caller's key stays here")
    func uploadLink() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream]) { snapshot in
            snapshot.upstreams[0].kind = .gemini
            snapshot.upstreams[0].stored = StoredBase(kind: .gemini, basePath: "/g/v1beta")
        }
        let client = try gateway.connect()
        client.send(
            Self.ask(
                "POST", "/upload/v1beta/files?key=ours&alt=json",
                ["x-goog-upload-protocol: resumable", "x-forwarded-proto: https"], body: "{}"))
        let peer = try upstream.accept()
        let request = peer.receiveMessage()
        #expect(request.line == "POST /g/upload/v1beta/files?alt=json HTTP/1.1")
        #expect(request["x-goog-upload-protocol"] == "resumable")
        peer.answer(
            200, "",
            fields: [
                "x-goog-upload-url: https://google.test/upload/v1beta/files?upload_id=1",
                "x-goog-upload-control-url: https://google.test/elsewhere",
            ])
        let answer = client.receiveMessage()
        #expect(
            answer["x-goog-upload-url"] == "https://gateway.test/upload/v1beta/files?upload_id=1")
        #expect(answer["x-goog-upload-control-url"] == nil)
    }

    @Test("the pieces of an upload need no key but the link's own pass")
    func uploadPass() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try GatewayUnderTest([upstream]) { snapshot in
            snapshot.upstreams[0].kind = .gemini
            snapshot.upstreams[0].stored = StoredBase(kind: .gemini, basePath: "/v1beta")
            var hasher = SHA256Hasher()
            snapshot.keys = KeyTable(
                ["a b", "c"].map { name in
                    ClientKey(
                        name: name, digest: hasher.digest(of: Bytes(name).span), models: ["*"])
                })
        }
        let client = try gateway.connect()
        let path = "/upload/v1beta/files"
        client.send(Self.ask("POST", path, ["x-goog-api-key: c"], body: "{}"))
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.answer(200, "", fields: ["x-goog-upload-url: https://g.test\(path)?upload_id=u1"])
        let link = try #require(client.receiveMessage()["x-goog-upload-url"])
        let target = try #require(link.firstRange(of: path)).lowerBound
        #expect(link[target...].hasPrefix("\(path)?upload_id=u1&apus_key=c&apus_pass="))
        client.send(Self.ask("POST", String(link[target...]), body: "piece"))
        let second = try upstream.accept()
        let piece = second.receiveMessage()
        #expect(piece.line == "POST \(path)?upload_id=u1 HTTP/1.1" && piece.text == "piece")
        second.answer()
        #expect(client.receiveMessage().status == 200)
        let query = String(link[target...].dropFirst(path.count))
        let forged: [String] = [
            query.replacing("u1", with: "u2"), query.replacing("=c&", with: "=a%20b&"),
            query.replacing("=c&", with: "=nobody&"), query.dropLast() + "g", "",
            "?upload_id=u1&apus_key=c",
        ]
        for query in forged {
            client.send(Self.ask("POST", path + query))
            #expect(client.receiveMessage().status == 401, "\(query)")
        }
        client.send(Self.ask("GET", "/v1beta/files\(query)"))
        #expect(client.receiveMessage().status == 401)
        #expect(!upstream.hasCaller)
    }

    // MARK: - Who keeps it, and who may ask

    @Test("several providers need a choice, by the caller or the configuration")
    func choice() throws {
        let (first, second) = (try ScriptedUpstream(), try ScriptedUpstream())
        let gateway = try GatewayUnderTest([first, second])
        let client = try gateway.connect()
        client.send(Self.ask("GET", "/v1/files"))
        let refusal = client.receiveMessage()
        #expect(refusal.status == 400)
        #expect(
            refusal.text.contains("u0, u1") && refusal.text.contains("stored_objects: { openai"))
        client.send(Self.ask("GET", "/v1/files", ["x-apus-provider: u2"]))
        #expect(client.receiveMessage().text.contains("u0, u1"))
        client.send(Self.ask("GET", "/v1/files", ["x-apus-provider: u1"]))
        let peer = try second.accept()
        _ = peer.receiveMessage()
        peer.answer()
        #expect(client.receiveMessage()["x-apus-target"] == "u1")
    }

    @Test("the choice in a snapshot", arguments: StoredChoiceRow.all)
    func choices(row: StoredChoiceRow) throws {
        var snapshot = Snapshot()
        for (index, kind) in row.kinds.enumerated() {
            snapshot.upstreams.append(
                Upstream(
                    name: "u\(index)", kind: kind,
                    origin: Origin(scheme: .http, host: "h", port: 1), basePath: ""))
        }
        snapshot.storedObjects = row.configured
        do throws(RejectionNote) {
            let found = try snapshot.keeper(of: row.dialect, pinned: row.pinned)
            #expect(found == row.keeper)
        } catch {
            #expect(row.keeper == nil && error.status == row.status, "\(error.message)")
        }
    }

    @Test("a key of some models may not, unless it was said")
    func keys() throws {
        let upstream = try ScriptedUpstream()
        let all: [(String, [String], Bool?, Bool)] = [
            ("a", ["*"], nil, true), ("b", ["m"], nil, false), ("c", ["u0/*"], nil, true),
            ("d", ["u*"], nil, true), ("e", ["u0/m*"], nil, false), ("f", ["m"], true, true),
            ("g", ["*"], false, false),
        ]
        let gateway = try GatewayUnderTest([upstream]) { snapshot in
            var hasher = SHA256Hasher()
            snapshot.keys = KeyTable(
                all.map { name, models, stored, _ in
                    ClientKey(
                        name: name, digest: hasher.digest(of: Bytes(name).span), models: models,
                        storedObjects: stored)
                })
        }
        let client = try gateway.connect()
        for (name, _, _, isAllowed) in all {
            client.send(Self.ask("GET", "/v1/files", ["authorization: Bearer \(name)"]))
            if isAllowed {
                let peer = try upstream.accept()
                _ = peer.receiveMessage()
                peer.answer()
                #expect(client.receiveMessage().status == 200, "\(name)")
            } else {
                let answer = client.receiveMessage()
                #expect(answer.status == 403, "\(name)")
                #expect(answer.text.contains("provider_not_allowed"))
            }
        }
        client.send(Self.ask("GET", "/v1/files"))
        #expect(client.receiveMessage().status == 401)
        #expect(!upstream.hasCaller)
    }
}

/// Which provider keeps a dialect's objects in one configuration; nil with a status if none does.
struct StoredChoiceRow: Sendable {
    var kinds: [UpstreamKind]
    var dialect = Dialect.openAI
    var configured: [Dialect: StoredChoice] = [:]
    var pinned: Bytes?
    var keeper: Int?
    var status = 0

    static let all: [StoredChoiceRow] = [
        StoredChoiceRow(kinds: [.openai], keeper: 0),
        StoredChoiceRow(kinds: [.groq, .openai, .mistral], keeper: 1),
        StoredChoiceRow(kinds: [.groq], keeper: 0),
        StoredChoiceRow(kinds: [.groq, .mistral], status: 400),
        StoredChoiceRow(kinds: [.openai, .azure], status: 400),
        StoredChoiceRow(kinds: [.openai, .azure], configured: [.openAI: .upstream(1)], keeper: 1),
        StoredChoiceRow(
            kinds: [.openai, .azure], configured: [.openAI: .upstream(1)], pinned: "u0", keeper: 0),
        StoredChoiceRow(kinds: [.openai], configured: [.openAI: .off], pinned: "u0", status: 404),
        StoredChoiceRow(kinds: [.openai], configured: [.gemini: .off], keeper: 0),
        StoredChoiceRow(kinds: [.openai], dialect: .anthropic, status: 404),
        StoredChoiceRow(kinds: [.openai, .anthropic], dialect: .anthropic, keeper: 1),
        StoredChoiceRow(
            kinds: [.openai, .anthropic], dialect: .anthropic, pinned: "u0", status: 400),
        StoredChoiceRow(kinds: [.gemini, .gemini], dialect: .gemini, status: 400),
        StoredChoiceRow(kinds: [.ollama, .cohere, .custom], status: 404),
    ]
}
