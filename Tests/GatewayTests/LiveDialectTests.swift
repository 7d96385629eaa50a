// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Gateway
import Reactor
import Testing
import Upstreams

/// Callers of each dialect before a provider of the same dialect: bytes pass as they are.
@Suite struct LiveDialectTests {
    private let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    private func gateway(
        _ kind: UpstreamKind, model: Bytes? = nil, _ change: (inout Snapshot) -> Void = { _ in }
    ) throws -> GatewayUnderTest {
        try GatewayUnderTest([upstream]) { snapshot in
            snapshot.become(kind, model: model)
            change(&snapshot)
        }
    }

    @Test("Anthropic to Anthropic: the body but for the model, version and beta fields as sent")
    func anthropic() throws {
        let gateway = try gateway(.anthropic, model: "claude-real")
        let client = try gateway.connect()
        let body =
            #"{ "max_tokens":9, "model" : "m","messages":[{"role":"user","content":"hi"}],"#
            + #""tools":[{"type":"web_search_20250305","name":"web_search"}] }"#
        client.send(
            post(
                "/v1/messages?beta=true", body,
                ["anthropic-version: 2026-10-21", "anthropic-beta: context-1m", "x-api-key: mine"]))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/messages HTTP/1.1")
        #expect(asked.text == body.replacing("\"m\"", with: "\"claude-real\""))
        #expect(asked["anthropic-version"] == "2026-10-21")
        #expect(asked["anthropic-beta"] == "context-1m")
        #expect(asked["x-api-key"] == "secret" && asked["authorization"] == nil)
        let told =
            #"{"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn","#
            + #""usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":5}}"#
        peer.answer(200, told)
        #expect(client.receiveMessage().text == told)
    }

    @Test("without a version of the caller's own, the one that all models know is sent")
    func version() throws {
        let gateway = try gateway(.anthropic)
        let client = try gateway.connect()
        client.send(
            post("/v1/messages/count_tokens", #"{"model":"m","messages":[{"role":"user"}]}"#))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/messages/count_tokens HTTP/1.1")
        #expect(asked["anthropic-version"] == "2023-06-01")
        peer.answer(200, #"{"input_tokens":3}"#)
        #expect(client.receiveMessage().text == #"{"input_tokens":3}"#)
    }

    @Test("Gemini to Gemini: the model goes into the path, the stream passes byte for byte")
    func gemini() throws {
        let gateway = try gateway(.gemini, model: "gemini/real x")
        let client = try gateway.connect()
        let body = #"{"contents":[{"parts":[{"text":"hi"}]}],"cachedContent":"cachedContents/1"}"#
        client.send(post("/v1beta/models/m:streamGenerateContent?alt=sse", body))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        let path = "/base/models/gemini%2Freal%20x:streamGenerateContent?alt=sse"
        #expect(asked.line == "POST \(path) HTTP/1.1")
        #expect(asked.text == body)
        #expect(asked["x-goog-api-key"] == "secret")
        peer.beginChunked()
        let events = [
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\r\n\r\n",
            "data: {\"usageMetadata\":{\"promptTokenCount\":1}}\r\n\r\n",
        ]
        for event in events { peer.chunk(event) }
        peer.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer.text == events.joined() && answer.isWhole)
    }

    @Test("a Gemini stream without `alt=sse` asks for one array")
    func geminiArray() throws {
        let gateway = try gateway(.gemini)
        let client = try gateway.connect()
        client.send(post("/v1beta/models/m:streamGenerateContent", #"{"contents":[]}"#))
        let peer = try upstream.accept()
        let line = peer.receiveMessage().line
        #expect(line == "POST /base/models/m:streamGenerateContent HTTP/1.1")
        peer.answer(200, "[]")
        #expect(client.receiveMessage().text == "[]")
    }

    @Test("Responses pass to who has them, with what is stored there")
    func responses() throws {
        let gateway = try gateway(.openai)
        let client = try gateway.connect()
        let body = #"{"model":"m","previous_response_id":"resp_1","store":true}"#
        client.send(post("/v1/responses", body))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/responses HTTP/1.1" && asked.text == body)
        peer.answer(200, "{}")
        #expect(client.receiveMessage().status == 200)
    }

    @Test("Azure has the deployment and its version in the path, and its own key field")
    func azure() throws {
        let gateway = try gateway(.azure, model: "my gpt") { $0.upstreams[0].basePath = "" }
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        let version = UpstreamKind.azureVersion
        let path = "/openai/deployments/my%20gpt/chat/completions?api-version=\(version)"
        #expect(asked.line == "POST \(path) HTTP/1.1")
        #expect(asked["api-key"] == "secret")
        peer.answer()
        #expect(client.receiveMessage().status == 200)
    }

    @Test("a key in the query goes behind the path")
    func parameter() throws {
        let gateway = try gateway(.compatible) {
            $0.upstreams[0].credentialParameter = "key"
            $0.upstreams[0].credentials = [Secret("a b")]
        }
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/chat/completions?key=a%20b HTTP/1.1")
        #expect(asked["authorization"] == nil)
        peer.answer()
        #expect(client.receiveMessage().status == 200)
    }

    @Test(
        "a caller's key is taken from the query of Gemini's paths only",
        arguments: [("/v1beta/models", 200), ("/v1/models", 401)])
    func callerKey(path: String, status: Int) throws {
        var hasher = SHA256Hasher()
        let digest = hasher.digest(of: Bytes("k 1").span)
        let gateway = try gateway(.gemini) {
            $0.keys = KeyTable([ClientKey(name: "a", digest: digest, models: ["m"])])
        }
        let client = try gateway.connect()
        client.send("GET \(path)?key=k%201 HTTP/1.1\r\nhost: a\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer.status == status)
        if status == 200 { #expect(answer.text.contains(#""name":"models/m""#)) }
    }

    @Test("what the provider does not have is refused by name, in the caller's dialect")
    func unserved() throws {
        let gateway = try gateway(.anthropic)
        let client = try gateway.connect()
        client.send(post("/v1/embeddings", #"{"model":"m","input":"a"}"#))
        let answer = client.receiveMessage()
        #expect(answer.status == 400 && answer.text.contains("does not serve /v1/embeddings"))
    }

    @Test("the operator's limits at a provider are not told to callers; when to come back is")
    func limits() throws {
        let gateway = try gateway(.anthropic)
        let client = try gateway.connect()
        client.send(post("/v1/messages", #"{"model":"m","messages":[{"role":"user"}]}"#))
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.answer(
            429, "{}",
            fields: [
                "anthropic-ratelimit-requests-remaining: 1", "x-ratelimit-limit-tokens: 9",
                "RateLimit-Remaining: 3", "retry-after: 7", "anthropic-organization-id: o",
            ])
        let answer = client.receiveMessage()
        #expect(answer.status == 429 && answer["retry-after"] == "7")
        #expect(answer["anthropic-organization-id"] == "o")
        let limits = answer.fields.filter { $0.name.contains("ratelimit") }
        #expect(limits.isEmpty)
    }

    @Test("a count is made here where the provider has no call for it")
    func count() throws {
        let gateway = try gateway(.openai)
        let client = try gateway.connect()
        client.send(
            post(
                "/v1/messages/count_tokens",
                #"{"model":"m","messages":[{"role":"user","content":"Hello, world"}]}"#))
        let answer = client.receiveMessage()
        // Three for the message, three for the answer, three for the text.
        #expect(answer.text == #"{"input_tokens":9}"#)
        #expect(answer["x-apus-estimated"] == "true")
        client.send(
            post(
                "/v1beta/models/m:countTokens",
                #"{"contents":[{"role":"user","parts":[{"text":"Hello, world"}]}]}"#))
        #expect(client.receiveMessage().text.contains(#""totalTokens":9"#))
    }

    @Test("a renamed model is renamed inside Gemini's embeddings too")
    func embeddings() throws {
        let gateway = try gateway(.gemini, model: "real")
        let client = try gateway.connect()
        client.send(
            post(
                "/v1beta/models/m:batchEmbedContents",
                #"{"requests":[{"model":"models/m","content":{}},{"model":"models/m"}]}"#))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/models/real:batchEmbedContents HTTP/1.1")
        let expected =
            #"{"requests":[{"model":"models/real","content":{}},{"model":"models/real"}]}"#
        #expect(asked.text == expected)
        peer.answer()
        #expect(client.receiveMessage().status == 200)
    }

    @Test("silence between events is broken by comments, inside one it is not")
    func keepAlive() throws {
        let gateway = try gateway(.anthropic) { $0.timeouts.keepAlive = .milliseconds(20) }
        let client = try gateway.connect()
        client.send(
            post(
                "/v1/messages",
                #"{"model":"m","stream":true,"messages":[{"role":"user","content":"a"}]}"#))
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk("event: ping\ndata: {\"type\":\"ping\"}\n\n")
        _ = client.receive(until: "\"ping\"}\n\n")
        _ = client.receive(until: ": keep-alive\n\n")
        peer.chunk("event: ping\ndata: {\"type\":")
        _ = client.receive(until: "{\"type\":\r\n")
        peer.chunk("\"ping\"}\n\n")
        peer.send("0\r\n\r\n")
        let rest = client.receive(until: "0\r\n\r\n")
        #expect(rest.hasPrefix("9\r\n\"ping\"}\n\n\r\n"))
    }
}

/// A request to any path, as a client writes it.
func post(_ path: String, _ body: String, _ fields: [String] = []) -> String {
    let lines = [
        "POST \(path) HTTP/1.1", "host: gateway.test", "content-type: application/json",
        "content-length: \(body.utf8.count)",
    ]
    return (lines + fields).joined(separator: "\r\n") + "\r\n\r\n" + body
}

extension Snapshot {
    /// Lets one upstream follow a provider's conventions, with a key.
    mutating func become(_ kind: UpstreamKind, at index: Int = 0, model: Bytes? = nil) {
        var upstream = Upstream(
            name: upstreams[index].name, kind: kind, origin: upstreams[index].origin,
            basePath: "/base")
        if kind == .azure { upstream.paths = kind.paths(basePath: "") }
        upstream.credentials = [Secret("secret")]
        upstreams[index] = upstream
        guard let model else { return }
        var route = routes.routes[0]
        route.targets[index].model = model
        routes = RouteTable([route] + routes.routes.dropFirst())
    }
}
