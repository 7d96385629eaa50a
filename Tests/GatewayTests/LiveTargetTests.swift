// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Metering
import Testing
import Upstreams

/// What a target cannot do, counts, or costs, before a caller of another format.
@Suite struct LiveTargetTests {
    private let upstreams: [ScriptedUpstream]

    init() throws { upstreams = try (0..<2).map { _ in try ScriptedUpstream() } }

    private func gateway(_ kinds: (UpstreamKind, Bytes)...) throws -> GatewayUnderTest {
        try GatewayUnderTest(Array(upstreams.prefix(kinds.count))) { snapshot in
            for (index, kind) in kinds.enumerated() {
                snapshot.become(kind.0, at: index, model: kind.1)
            }
            var route = snapshot.routes.routes[0]
            route.strategy = .priority
            snapshot.routes = RouteTable([route])
        }
    }

    private static let openAIImage =
        #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},"#
        + #"{"type":"image_url","image_url":{"url":"https://e.test/a.png"}}]}]}"#
    private static let anthropicImage =
        #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","#
        + #""source":{"type":"url","url":"https://e.test/a.png"}}]}]}"#

    @Test(
        "an image by URL for a provider that needs bytes is refused by the field's name",
        arguments: [
            ("/v1/chat/completions", openAIImage, "messages[0].content[1]"),
            ("/v1/messages", anthropicImage, "messages[0].content[0]"),
        ])
    func imageByURL(path: String, body: String, field: String) throws {
        let gateway = try gateway((.ollama, "llava"))
        let client = try gateway.connect()
        client.send(post(path, body))
        let answer = client.receiveMessage()
        #expect(answer.status == 400 && !upstreams[0].hasCaller)
        #expect(answer.text.contains("\(field) is an image by URL"), "\(answer.text)")
    }

    @Test("or goes to the next target, which takes it")
    func imageForNext() throws {
        let gateway = try gateway((.ollama, "llava"), (.openai, "gpt-4o"))
        let client = try gateway.connect()
        client.send(post("/v1/chat/completions", Self.openAIImage))
        let peer = try upstreams[1].accept()
        #expect(peer.receiveMessage().text.contains("https://e.test/a.png"))
        peer.answer()
        let answer = client.receiveMessage()
        #expect(answer.status == 200 && answer["x-apus-attempts"] == "1")
    }

    @Test("Gemini counts for Anthropic's callers")
    func countByGemini() throws {
        let gateway = try gateway((.gemini, "gemini-2.5-flash"))
        let client = try gateway.connect()
        client.send(
            post(
                "/v1/messages/count_tokens",
                #"{"model":"m","messages":[{"role":"user","content":"Hello"}]}"#))
        let peer = try upstreams[0].accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/models/gemini-2.5-flash:countTokens HTTP/1.1")
        #expect(asked.text.contains(#""generateContentRequest":{"model":"models/gemini"#))
        peer.answer(200, #"{"totalTokens":31}"#)
        let answer = client.receiveMessage()
        #expect(answer.text == #"{"input_tokens":31}"# && answer["x-apus-estimated"] == nil)
    }

    @Test("and Anthropic for Gemini's")
    func countByAnthropic() throws {
        let gateway = try gateway((.anthropic, "claude-haiku-4-5"))
        let client = try gateway.connect()
        client.send(
            post(
                "/v1beta/models/m:countTokens",
                #"{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}"#))
        let peer = try upstreams[0].accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/messages/count_tokens HTTP/1.1")
        #expect(!asked.text.contains("max_tokens") && asked["anthropic-version"] == "2023-06-01")
        peer.answer(200, #"{"input_tokens":31}"#)
        #expect(client.receiveMessage().text.contains(#""totalTokens":31"#))
    }

    @Test(
        "models of OpenAI's that reason are sent no temperature",
        arguments: [("gpt-5", false), ("gpt-4o", true)])
    func sampling(model: String, isSent: Bool) throws {
        let gateway = try gateway((.openai, Bytes(model)))
        let client = try gateway.connect()
        client.send(
            post(
                "/v1/messages",
                #"{"model":"m","max_tokens":9,"temperature":0.5,"#
                    + #""messages":[{"role":"user","content":"hi"}]}"#))
        let peer = try upstreams[0].accept()
        #expect(peer.receiveMessage().text.contains("temperature") == isSent)
        peer.answer(
            200,
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"#
                + #""finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"#
                + #""completion_tokens":100}}"#)
        let answer = client.receiveMessage()
        #expect(answer["x-apus-dropped"] == (isSent ? nil : "temperature"))
        // A thousand tokens in and a hundred out: 1.25 and 10 dollars a million, or 2.50 and 10.
        #expect(answer["x-apus-cost-usd"] == (isSent ? "0.0035" : "0.00225"))
    }

    @Test("lists of models tell what holds whichever target answers")
    func models() throws {
        let gateway = try gateway((.openai, "gpt-4o"), (.openai, "gpt-5"))
        let client = try gateway.connect()
        client.send("GET /v1/models/m HTTP/1.1\r\nhost: a\r\n\r\n")
        let card = client.receiveMessage().text
        for part in [
            #""context_length":128000"#, #""input_modalities":["text","image""#,
            #""prompt":"0.0000025""#, #""completion":"0.00001""#, #""max_completion_tokens":16384"#,
            #""structured_outputs""#,
        ] {
            #expect(card.contains(part), "\(card)")
        }
        #expect(!card.contains("reasoning"))
        client.send("GET /v1beta/models/m HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(client.receiveMessage().text.contains(#""inputTokenLimit":128000"#))
        client.send("GET /v1/models/m HTTP/1.1\r\nhost: a\r\nanthropic-version: 1\r\n\r\n")
        #expect(client.receiveMessage().text.contains(#""max_input_tokens":128000"#))
        client.send("GET /api/tags HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(client.receiveMessage().text.contains(#""capabilities":["completion","tools""#))
    }
}
