// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Gateway
import HTTP
import Reactor
import Simulation
import Testing

@testable import Admin
@testable import Node

/// The admin port as operators, scrapers and the ill-meaning see it.
@Suite struct AdminTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var method = "GET"
        let path: String
        /// Whether the right key is sent.
        var isKnown = true
        let status: Int
        var code: String?

        var testDescription: String {
            "\(method) \(path) \(isKnown ? "" : "without key ")\(status)"
        }
    }

    static let rows: [Row] = [
        Row(path: "/livez", isKnown: false, status: 200),
        Row(path: "/readyz", isKnown: false, status: 200),
        Row(path: "/healthz", isKnown: false, status: 200),
        Row(path: "/metrics", isKnown: false, status: 200),
        Row(method: "HEAD", path: "/livez", isKnown: false, status: 200),
        Row(method: "HEAD", path: "/admin/v1/config", status: 200),
        Row(path: "/admin/v1/status", status: 200),
        Row(path: "/admin/v1/config", status: 200),
        Row(path: "/admin/v1/openapi.json", status: 200),
        Row(path: "/admin/v1/explain?request=x", status: 200),
        Row(path: "/admin/v1/explain", status: 400, code: "missing_request_id"),
        Row(path: "/admin/v1/explain?request=", status: 400, code: "missing_request_id"),
        Row(
            path: "/admin/v1/explain?request=x", isKnown: false, status: 401,
            code: "missing_admin_key"),
        Row(method: "POST", path: "/admin/v1/reload", status: 200),
        Row(path: "/admin/v1/status?verbose=1", status: 200),
    ]

    static let refusals: [Row] = [
        Row(path: "/admin/v1/status", isKnown: false, status: 401, code: "missing_admin_key"),
        Row(path: "/admin/v1/config", isKnown: false, status: 401, code: "missing_admin_key"),
        Row(path: "/admin/v1/openapi.json", isKnown: false, status: 401, code: "missing_admin_key"),
        Row(
            method: "POST", path: "/admin/v1/reload", isKnown: false, status: 401,
            code: "missing_admin_key"),
        Row(
            method: "POST", path: "/admin/v1/drain", isKnown: false, status: 401,
            code: "missing_admin_key"),
        // What exists below is the operator's business, too.
        Row(path: "/admin/v1/nothing", isKnown: false, status: 401, code: "missing_admin_key"),
        Row(path: "/admin/v1/nothing", status: 404, code: "unknown_path"),
        Row(path: "/", isKnown: false, status: 404, code: "unknown_path"),
        Row(path: "/v1/models", status: 404, code: "unknown_path"),
        Row(path: "/admin/v1/reload", status: 405, code: "method_not_allowed"),
        Row(method: "DELETE", path: "/admin/v1/status", status: 405, code: "method_not_allowed"),
        Row(method: "POST", path: "/livez", status: 405, code: "method_not_allowed"),
        Row(method: "BREW", path: "/livez", status: 405, code: "method_not_allowed"),
    ]

    @Test("each path answers its status, and refusals say why", arguments: [rows, refusals])
    func answers(rows: [Row]) throws {
        let test = try TestNode()
        defer { test.stop() }
        for row in rows {
            let answer = Caller.call(
                row.method, row.path, at: test.node.adminAddress,
                headers: row.isKnown ? test.bearer : [])
            #expect(answer.status == row.status, "\(row): \(answer.head)")
            #expect(answer.code == row.code, "\(row): \(answer.body)")
            if row.status == 401 { #expect(answer.field("www-authenticate") == "Bearer") }
            if row.status == 405 { #expect(answer.field("allow") != nil) }
            #expect(answer.field("cache-control") == "no-store")
        }
    }

    static let credentials: [(String, Int)] = [
        ("authorization: Bearer KEY", 200),
        ("authorization: bearer KEY", 200),
        ("x-api-key: KEY", 200),
        ("authorization: Bearer KEYx", 401),
        ("authorization: Bearer ", 401),
        ("authorization: Basic KEY", 401),
        ("authorization: KEY", 401),
        ("x-api-key: ", 401),
    ]

    @Test("the admin key opens in the usual places, anything else does not")
    func keys() throws {
        let test = try TestNode()
        defer { test.stop() }
        for (field, status) in Self.credentials {
            let header = field.replacingOccurrences(of: "KEY", with: test.adminKey)
            let answer = Caller.call(
                "GET", "/admin/v1/status", at: test.node.adminAddress, headers: [header])
            #expect(answer.status == status, "\(field)")
        }
    }

    @Test("a configured hash replaces the made key")
    func configuredKey() throws {
        // Of the text "admin".
        let hash = "8c6976e5b5410415bde908bd4dee15dfb167a9c873fc4bb8a81f6f2ab448a918"
        let test = try TestNode(more: "admin: { hash: \"sha256:\(hash)\" }")
        defer { test.stop() }
        #expect(test.events.adminKey == nil)
        let answer = Caller.call(
            "GET", "/admin/v1/status", at: test.node.adminAddress,
            headers: ["authorization: Bearer admin"])
        #expect(answer.status == 200)
    }

    @Test("a body over the limit is refused before it is read", arguments: [false, true])
    func largeBody(isChunked: Bool) throws {
        let test = try TestNode()
        defer { test.stop() }
        let caller = Caller(test.node.adminAddress)
        let size = AdminConnection.bodyLimit + 1
        let framing = isChunked ? "transfer-encoding: chunked" : "content-length: \(size)"
        caller.send(
            "POST /admin/v1/reload HTTP/1.1\r\nhost: a\r\n\(test.bearer[0])\r\n\(framing)\r\n\r\n")
        if isChunked {
            let piece = String(repeating: "x", count: size)
            caller.send("\(String(size, radix: 16))\r\n\(piece)\r\n")
        }
        let answer = try #require(caller.answer())
        #expect(answer.status == 413 && answer.code == "request_too_large")
        #expect(caller.isEnded())
    }

    @Test("a body within the limit is read and ignored")
    func smallBody() throws {
        let test = try TestNode()
        defer { test.stop() }
        let caller = Caller(test.node.adminAddress)
        let body = String(repeating: "x", count: AdminConnection.bodyLimit)
        caller.request("POST", "/admin/v1/reload", headers: test.bearer, body: body)
        #expect(caller.answer()?.status == 200)
        caller.request("GET", "/livez")
        #expect(caller.answer()?.status == 200)
    }

    @Test("requests in a row on one connection are answered in order, slow ones included")
    func pipelining() throws {
        let test = try TestNode()
        defer { test.stop() }
        let caller = Caller(test.node.adminAddress)
        let one = "GET /admin/v1/status HTTP/1.1\r\nhost: a\r\n\(test.bearer[0])\r\n\r\n"
        let two = "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n"
        caller.send(one + two + one + two)
        for isStatus in [true, false, true, false] {
            let answer = try #require(caller.answer())
            #expect(answer.status == 200)
            #expect((answer.json["state"] as? String == "serving") == isStatus)
        }
    }

    @Test("a client that sends no more still gets its answer")
    func halfClosed() throws {
        let test = try TestNode()
        defer { test.stop() }
        let caller = Caller(test.node.adminAddress)
        caller.request("GET", "/admin/v1/status", headers: test.bearer)
        caller.finishSending()
        #expect(caller.answer()?.status == 200)
        #expect(caller.isEnded())
    }

    static let malformed: [(String, Int)] = [
        ("nonsense\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\n\r\n", 400),
        ("GET /livez HTTP/2.0\r\nhost: a\r\n\r\n", 505),
        ("GET /livez HTTP/1.1\r\nhost: a\r\nx: \u{0}\r\n\r\n", 400),
        ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nhost: a\r\n\r\n", 414),
        (
            "GET /livez HTTP/1.1\r\nhost: a\r\n"
                + String(repeating: "x: \(String(repeating: "y", count: 1000))\r\n", count: 20),
            431
        ),
    ]

    @Test("what is no HTTP gets its status, and the connection ends")
    func garbage() throws {
        let test = try TestNode()
        defer { test.stop() }
        for (text, status) in Self.malformed {
            let caller = Caller(test.node.adminAddress)
            caller.send(text)
            let answer = try #require(caller.answer(), "\(text.prefix(40))")
            #expect(answer.status == status, "\(text.prefix(40))")
            #expect(answer.code == "malformed_request")
            #expect(caller.isEnded())
        }
        #expect(test.admin("GET", "/livez").status == 200)
    }

    @Test(
        "a request that does not come to its end is refused", arguments: ["GET /li", "", "POST /"])
    func slow(beginning: String) throws {
        let server = try LoneServer(request: .milliseconds(50), idle: .milliseconds(50))
        defer { server.stop() }
        let caller = Caller(server.address)
        caller.send(beginning)
        let answer = caller.answer()
        // A connection that says nothing at all is closed in silence.
        #expect(answer?.status == (beginning.isEmpty ? nil : 408))
        #expect(answer?.code == (beginning.isEmpty ? nil : "request_timeout"))
        #expect(caller.isEnded())
    }

    @Test("HTTP/1.0 closes unless asked to stay")
    func oldVersion() throws {
        let test = try TestNode()
        defer { test.stop() }
        let caller = Caller(test.node.adminAddress)
        caller.send("GET /livez HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
        #expect(caller.answer()?.field("connection") == "keep-alive")
        caller.send("GET /livez HTTP/1.0\r\n\r\n")
        #expect(caller.answer()?.field("connection") == "close")
        #expect(caller.isEnded())
    }

    @Test("the status tells of a worker that is too busy to answer")
    func busyWorker() throws {
        let test = try TestNode(loops: 2)
        defer { test.stop() }
        let release = ThreadSignal()
        test.node.perform { node in node.workers.workers[1].perform { _ in release.wait() } }
        let answer = test.admin("GET", "/admin/v1/status")
        release.raise()
        let workers = answer.json["workers"] as? [[String: Any]]
        #expect(workers?.compactMap { $0["responding"] as? Bool } == [true, false])
        #expect(test.admin("GET", "/metrics").status == 200)
    }

    @Test("the status counts what is under way")
    func counts() throws {
        var script = ProviderScript()
        script.behaviour = .stallMidStream
        let test = try TestNode(script)
        defer { test.stop() }
        let stream = try #require(test.beginStream())
        let status = test.admin("GET", "/admin/v1/status").json
        #expect(status["exchanges"] as? Int == 1)
        #expect(status["connections"] as? Int == 1)
        let upstream = (status["upstreams"] as? [[String: Any]])?.first
        #expect(upstream?["provider"] as? String == "sim")
        #expect(upstream?["open"] as? Int == 1)
        withExtendedLifetime(stream) {}
    }

    @Test("the configuration is shown without a secret in it")
    func redaction() throws {
        let test = try TestNode(
            more: """
                keys:
                  - { name: dev, hash: "sha256:\(String(repeating: "ab", count: 32))" }
                """)
        defer { test.stop() }
        let text = TestNode.configuration(test.provider).replacingOccurrences(
            of: "/v1\" }",
            with: "/v1\", keys: [\"sk-very-secret\"], headers: { x-team: hidden-value } }")
        try test.folder.write("apus.yaml", text)
        #expect(test.admin("POST", "/admin/v1/reload").status == 200)
        let answer = test.admin("GET", "/admin/v1/config")
        let provider = (answer.json["providers"] as? [[String: Any]])?.first
        #expect(provider?["keys"] as? Int == 1)
        #expect(provider?["headers"] as? [String] == ["x-team"])
        for secret in ["sk-very-secret", "hidden-value", "abab", test.adminKey] {
            #expect(!answer.body.contains(secret))
        }
    }

    @Test("metrics come in the form that is asked for")
    func metrics() throws {
        let test = try TestNode()
        defer { test.stop() }
        #expect(test.ask().status == 200)
        let plain = Caller.call("GET", "/metrics", at: test.node.adminAddress)
        #expect(plain.field("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(plain.body.contains("apus_requests_total{"), "\(plain.body)")
        let open = Caller.call(
            "GET", "/metrics", at: test.node.adminAddress,
            headers: ["accept: application/openmetrics-text"])
        #expect(open.field("content-type")?.hasPrefix("application/openmetrics-text") == true)
        #expect(open.body.hasSuffix("# EOF\n"))
    }

    @Test("the OpenAPI document names exactly what there is")
    func openAPI() throws {
        let text = OpenAPIDocument.bytes.string
        let document =
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        #expect(document["openapi"] as? String == "3.1.0")
        let paths = document["paths"] as? [String: [String: [String: Any]]] ?? [:]
        #expect(Set(paths.keys) == Set(AdminRoute.allCases.map(\.path.description)))
        for route in AdminRoute.allCases {
            let verb = route.method.label.description.lowercased()
            let operation = paths[route.path.description]?[verb]
            #expect(paths[route.path.description]?.count == 1)
            // An empty list of schemes takes back the document's own.
            #expect((operation?["security"] == nil) == route.needsKey, "\(route.path)")
        }
    }

    @Test("what the status answers is what its schema says")
    func statusSchema() throws {
        let test = try TestNode()
        defer { test.stop() }
        for (path, schema) in [
            ("status", "Status"), ("config", "Config"), ("members", "Members"),
            ("cluster", "Cluster"),
        ] {
            let document = test.admin("GET", "/admin/v1/openapi.json").json
            let schemas = (document["components"] as? [String: Any])?["schemas"] as? [String: Any]
            let required = (schemas?[schema] as? [String: Any])?["required"] as? [String]
            let answer = test.admin("GET", "/admin/v1/\(path)").json
            #expect(Set(answer.keys) == Set(required ?? []))
        }
    }
}

/// An admin server without a node, with less patience than usual.
private final class LoneServer {
    let address: SocketAddress
    private let thread: LoopThread

    // Sendable: made on one thread, then used on the loop's only.
    private struct Parts: @unchecked Sendable {
        let loop: EventLoop
        let server: AdminServer
    }

    init(request: Duration, idle: Duration) throws {
        var times = AdminTimes()
        times.request = request
        times.idle = idle
        let loop = EventLoop()
        let sources = AdminSources(
            snapshot: { Snapshot() }, isDraining: { false },
            metrics: { _ in ("text/plain", Bytes()) })
        let server = try AdminServer(
            loop: loop, address: .loopback(port: 0), sources: sources, times: times)
        address = try #require(server.address)
        let parts = Parts(loop: loop, server: server)
        thread = LoopThread(name: "admin") {
            parts.loop.run()
            parts.server.close()
        }
        stopLoop = { [inbox = loop.inbox] in inbox.post { parts.loop.stop() } }
    }

    private let stopLoop: () -> Void

    func stop() {
        stopLoop()
        thread.join()
    }
}
