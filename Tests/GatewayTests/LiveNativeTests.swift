// SPDX-License-Identifier: Apache-2.0
import Core
import Testing
import Upstreams

@testable import Gateway

/// Callers with Cohere's and Ollama's own APIs.
@Suite struct LiveNativeTests {
    private let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    private func gateway(
        _ kind: UpstreamKind, _ change: (inout Snapshot) -> Void = { _ in }
    ) throws -> GatewayUnderTest {
        try GatewayUnderTest([upstream]) { snapshot in
            snapshot.become(kind, model: "real")
            change(&snapshot)
        }
    }

    private static let chat = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"x":1}"#

    @Test("Cohere to Cohere: the body but for the model as sent, the events as they come")
    func cohere() throws {
        let gateway = try gateway(.cohere)
        let client = try gateway.connect()
        let body = Self.chat.replacing("\"x\":1", with: "\"stream\": true")
        client.send(post("/v2/chat", body))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/v2/chat HTTP/1.1")
        #expect(asked.text == body.replacing("\"m\"", with: "\"real\""))
        peer.beginChunked()
        let events = [
            #"event: content-delta\ndata: {"type":"content-delta","delta":{}}\n\n"#,
            #"event: message-end\ndata: {"type":"message-end","delta":{"finish_reason":"COMPLETE","#
                + #""usage":{"billed_units":{"input_tokens":3,"output_tokens":5},"#
                + #""tokens":{"input_tokens":70,"output_tokens":5}}}}\n\n"#,
        ].map { $0.replacing("\\n", with: "\n") }
        for event in events { peer.chunk(event) }
        peer.send("0\r\n\r\n")
        #expect(client.receiveMessage().text == events.joined())
        #expect(tokens("input", in: gateway) == "3" && tokens("output", in: gateway) == "5")
    }

    /// The sum of the tokens counted in metrics.
    private func tokens(_ type: String, in gateway: GatewayUnderTest) -> String? {
        let text = gateway.onLoop { $0.reporter.metricsText(accept: Bytes()).text.string }
        let line = text.split(separator: "\n").first {
            $0.hasPrefix("gen_ai_client_token_usage_sum") && $0.contains("\"\(type)\"")
        }
        return line?.split(separator: " ").last.map { String($0) }
    }

    @Test("Ollama to Ollama: streamed unless told not to, lines as they come")
    func ollama() throws {
        let gateway = try gateway(.ollama)
        let client = try gateway.connect()
        client.send(post("/api/chat", Self.chat))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/api/chat HTTP/1.1")
        #expect(asked.text == Self.chat.replacing("\"m\"", with: "\"real\""))
        peer.beginChunked(type: "application/x-ndjson")
        let lines = [
            "{\"message\":{\"content\":\"a\"},\"done\":false}\n",
            "{\"done\":true,\"prompt_eval_count\":3,\"eval_count\":5}\n",
        ]
        for line in lines { peer.chunk(line) }
        peer.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer.text == lines.joined() && answer["content-type"] == "application/x-ndjson")
        #expect(tokens("input", in: gateway) == "3" && tokens("output", in: gateway) == "5")
    }

    @Test("a broken stream of lines ends with an error on a line of its own")
    func brokenLines() throws {
        let gateway = try gateway(.ollama)
        let client = try gateway.connect()
        client.send(post("/api/chat", Self.chat))
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.beginChunked(type: "application/x-ndjson")
        peer.chunk("{\"message\":{\"content\":\"a\"}")
        _ = client.receive(until: "\"a\"}")
        peer.close()
        let rest = client.receive(until: "upstream_broke_off\"}\n")
        #expect(rest.contains("\n\r\n") && rest.contains("{\"error\":\""))
    }

    @Test("Ollama before OpenAI: lines of its own, without comments between them")
    func ollamaToOpenAI() throws {
        let gateway = try gateway(.compatible) { $0.timeouts.keepAlive = .milliseconds(20) }
        let client = try gateway.connect()
        client.send(post("/api/chat", Self.chat))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/chat/completions HTTP/1.1")
        #expect(asked.text.contains(#""stream":true"#))
        peer.beginChunked()
        peer.chunk(#"data: {"choices":[{"delta":{"content":"a"}}]}"# + "\n\n")
        _ = client.receive(until: "\"done\":false}\n")
        // Longer than the silence after which other callers get a comment.
        _ = gateway.onLoop { _ in 0 }
        peer.chunk(#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"# + "\n\n")
        peer.chunk("data: [DONE]\n\n")
        peer.send("0\r\n\r\n")
        let rest = client.receive(until: "0\r\n\r\n")
        #expect(rest.contains(#""done":true,"done_reason":"stop""#) && !rest.contains("keep-alive"))
    }

    @Test(
        "models in each SDK's form",
        arguments: [
            ("/v1/models", "x-fern-sdk-name: cohere", #"{"models":[{"name":"m","endpoints":["#),
            ("/v1/models/m", "x-fern-sdk-name: cohere", #"{"name":"m","endpoints":["#),
            ("/v1/models", "x-goog-api-client: google-genai-sdk/3.4", #""name":"models/m""#),
            ("/v1/models", "x-other: 1", #"{"object":"list","data":[{"id":"m""#),
            ("/api/tags", "x-other: 1", #"{"models":[{"name":"m","model":"m","modified_at":"#),
            ("/api/version", "x-other: 1", #"{"version":"#),
        ])
    func models(path: String, field: String, expected: String) throws {
        let gateway = try gateway(.cohere)
        let client = try gateway.connect()
        client.send("GET \(path) HTTP/1.1\r\nhost: a\r\n\(field)\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer.status == 200 && answer.text.contains(expected), "\(answer.text)")
    }

    @Test(
        "faults in each dialect's words",
        arguments: [
            ("/v2/chat", #"{"id":"#, #""message":"messages is missing.""#),
            ("/api/chat", #"{"error":"messages is missing.""#, #""param":"messages""#),
            ("/api/embed", #"{"error":"input is missing.""#, #""param":"input""#),
        ])
    func faults(path: String, start: String, part: String) throws {
        let gateway = try gateway(.cohere)
        let client = try gateway.connect()
        client.send(post(path, #"{"model":"m"}"#))
        let answer = client.receiveMessage()
        #expect(answer.status == 400 && answer.text.hasPrefix(start) && answer.text.contains(part))
    }
}
