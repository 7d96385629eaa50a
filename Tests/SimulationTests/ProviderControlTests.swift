// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Reactor
import Testing

@testable import Simulation

@Suite struct ProviderControlTests {
    private static let hello = #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#

    private static func report(_ provider: ProviderThread) throws -> [String: Any] {
        let answer = PlainClient.get("/_control", from: provider.address)
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        return try #require(object as? [String: Any])
    }

    @Test("the report counts requests by path and keeps the last ones in full")
    func report() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        _ = PlainClient.post(
            "/v1/chat/completions?x=1", Self.hello, to: provider.address,
            headers: "Authorization: Bearer secret\r\n")
        _ = PlainClient.get("/v1/models", from: provider.address)
        _ = PlainClient.get("/v1/models", from: provider.address)
        let report = try Self.report(provider)
        #expect(report["requests"] as? Int == 3)
        #expect(report["completed"] as? Int == 3)
        #expect(report["connections_total"] as? Int == 3)
        #expect(report["open_connections"] as? Int == 0)
        let paths = report["by_path"] as? [String: Int]
        #expect(paths == ["/v1/chat/completions": 1, "/v1/models": 2])
        let recent = try #require(report["recent"] as? [[String: Any]])
        try #require(recent.count == 3)
        #expect(recent[0]["method"] as? String == "POST")
        #expect(recent[0]["path"] as? String == "/v1/chat/completions?x=1")
        #expect(recent[0]["body"] as? String == Self.hello)
        let headers = recent[0]["headers"] as? [[String]]
        #expect(headers?.contains(["Authorization", "Bearer secret"]) == true)
        #expect((report["last"] as? [String: Any])?["method"] as? String == "GET")
    }

    @Test("only the last sixteen requests are kept")
    func ring() async throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        for number in 0..<20 { _ = PlainClient.get("/n/\(number)", from: provider.address) }
        let counters = await provider.counters()
        #expect(counters.recent.count == 16)
        #expect(counters.recent.first?.target == "/n/4")
        #expect(counters.last?.target == "/n/19")
    }

    @Test("DELETE and reset forget what was counted")
    func reset() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        _ = PlainClient.get("/v1/models", from: provider.address)
        _ = PlainClient.post("/_control", "", to: provider.address, method: "DELETE")
        #expect(try Self.report(provider)["requests"] as? Int == 0)
        _ = PlainClient.get("/v1/models", from: provider.address)
        _ = PlainClient.post(
            "/_control", #"{"reset":true}"#, to: provider.address, method: "PUT")
        #expect(try Self.report(provider)["requests"] as? Int == 0)
    }

    @Test(
        "a wrong document changes nothing and is told why",
        arguments: [
            (#"{"status":503,"stauts":1}"#, "Unknown field 'stauts'"),
            (#"{"status":99}"#, "'status' must be a whole number from 300 to 599"),
            (#"{"behaviour":"odd"}"#, "'behaviour' must be one of ok, refuse"),
            (#"{"fail_rate":2}"#, "'fail_rate' must be a share"),
            (#"{"headers":{"a b":"c"}}"#, "'headers' must be an object of field names"),
            (#"{"replay":{"id":"x","file":"/nonesuch"}}"#, "/nonesuch"),
            (#"{"replay":{"bdy":""}}"#, "'replay.bdy'"), ("[]", "JSON object"), ("{", "no JSON"),
        ])
    func wrongDocument(document: String, part: String) throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let answer = PlainClient.post(
            "/_control", document, to: provider.address, method: "PUT")
        #expect(answer.status == 400)
        #expect(answer.body.contains(part))
        let next = PlainClient.post("/v1/chat/completions", Self.hello, to: provider.address)
        #expect(next.status == 200)
    }

    @Test("fields set replace, others stay, null restores")
    func merge() throws {
        var script = ProviderScript()
        try script.apply(#"{"status":503,"tokens":5,"ttft_ms":1.5,"text":"x"}"#)
        try script.apply(#"{"status":null,"token_ms":2}"#)
        #expect(script.status == nil)
        #expect(script.tokens == 5)
        #expect(script.firstToken == .microseconds(1500))
        #expect(script.perToken == .milliseconds(2))
        #expect(script.text == "x")
    }

    @Test("keys and models are checked when the script names them")
    func access() async throws {
        var script = ProviderScript()
        try script.apply(#"{"api_key":"k1","models":["m"],"headers":{"x-extra":"yes"}}"#)
        let provider = try ProviderThread(script)
        defer { provider.stop() }
        func status(_ body: String, _ headers: String) -> PlainAnswer {
            PlainClient.post(
                "/v1/chat/completions", body, to: provider.address, headers: headers)
        }
        #expect(status(Self.hello, "").status == 401)
        #expect(status(Self.hello, "Authorization: Bearer k2\r\n").status == 401)
        let good = status(Self.hello, "Authorization: Bearer k1\r\n")
        #expect(good.status == 200)
        #expect(good.head.contains("\r\nx-extra: yes"))
        let other = Self.hello.replacingOccurrences(of: #""m""#, with: #""n""#)
        #expect(status(other, "Authorization: Bearer k1\r\n").status == 404)
    }

    @Test("a recorded answer is served byte for byte, whatever the cuts")
    func replay() async throws {
        let text = "data: {\"a\":\"é\u{1F600}\"}\r\n\r\ndata: two\n\n: ping\n\ndata: [DONE]\n\n"
        let provider = try ProviderThread()
        defer { provider.stop() }
        for (size, seed) in [(nil, nil), (1, nil), (7, nil), (5, 3 as UInt64)] {
            await provider.change {
                var answer = ReplayedAnswer(body: Bytes(text))
                answer.isStream = true
                answer.headers = [ScriptedField(name: "cf-ray", value: "abc")]
                $0.replay = answer
                $0.chunkBytes = size
                $0.chunkSeed = seed
            }
            let answer = PlainClient.post(
                "/v1/chat/completions", Self.hello, to: provider.address)
            #expect(answer.body.utf8.elementsEqual(text.utf8))
            #expect(answer.head.contains("\r\ncf-ray: abc"))
            let largest = answer.chunks.map(\.count).max() ?? 0
            if size == nil { #expect(answer.chunks.count == 4) }
            if seed == nil, let size, size == 1 { #expect(answer.chunks.count == text.utf8.count) }
            if let size { #expect(largest <= size) }
        }
    }

    @Test("an exchange is found in a file of recordings by its id")
    func recording() throws {
        let path = NSTemporaryDirectory() + "recording-\(getpid()).jsonl"
        defer { unlink(path) }
        let lines = """
            {"id":"a-1","response":{"status":200,"stream":false,"headers":{},"body":"wrong"}}
            {"id":"a-2","response":{"status":429,"stream":true,"headers":\
            {"content-length":"3","transfer-encoding":"chunked","x-a":"b"},"body":"d\\u00e9"}}
            """
        try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
        let answer = try ReplayedAnswer.recorded(id: "a-2", in: path)
        #expect(answer.status == 429)
        #expect(answer.isStream)
        #expect(answer.body == "dé")
        #expect(answer.headers == [ScriptedField(name: "x-a", value: "b")])
        #expect(throws: ScriptFault.self) { try ReplayedAnswer.recorded(id: "a-3", in: path) }
    }
}
