// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Gateway
import Reactor
import Testing
import Upstreams

/// Callers before a provider that speaks another format.
@Suite struct LiveTranslationTests {
    private let upstreams: [ScriptedUpstream]

    init() throws { upstreams = try (0..<2).map { _ in try ScriptedUpstream() } }

    private func gateway(
        _ kinds: UpstreamKind..., change: (inout Snapshot) -> Void = { _ in }
    ) throws -> GatewayUnderTest {
        try GatewayUnderTest(Array(upstreams.prefix(kinds.count))) { snapshot in
            for (index, kind) in kinds.enumerated() {
                snapshot.become(kind, at: index, model: Bytes("real-\(index)"))
            }
            change(&snapshot)
        }
    }

    private static let message =
        #"{"id":"msg_1","type":"message","role":"assistant","model":"real-0","#
        + #""content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","#
        + #""stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":5}}"#

    private static let events = [
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","#
            + #""model":"real-0","content":[],"stop_reason":null,"stop_sequence":null,"#
            + #""usage":{"input_tokens":3,"output_tokens":1}}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"#
            + #""usage":{"output_tokens":5}}"#,
        #"{"type":"message_stop"}"#,
    ]

    /// An event as Anthropic frames it, named by its type.
    private static func frame(_ event: String) -> String {
        "event: \(event.split(separator: "\"")[3])\ndata: \(event)\n\n"
    }

    @Test("OpenAI to Anthropic, whole")
    func whole() throws {
        let gateway = try gateway(.anthropic)
        let client = try gateway.connect()
        client.send(Ask(fields: ["openai-beta: x"], more: ",\"temperature\":0.5").text)
        let peer = try upstreams[0].accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/messages HTTP/1.1")
        #expect(asked["x-api-key"] == "secret" && asked["openai-beta"] == nil)
        #expect(asked["anthropic-version"] == "2023-06-01")
        #expect(asked["content-type"] == "application/json")
        for part in [#""model":"real-0""#, #""max_tokens":"#, #""hi""#] {
            #expect(asked.text.contains(part), "\(asked.text)")
        }
        peer.answer(200, Self.message, fields: ["request-id: req_1"])
        let answer = client.receiveMessage()
        #expect(answer.status == 200 && answer["content-type"] == "application/json")
        #expect(answer["x-apus-target"] == "u0/real-0" && answer["x-apus-attempts"] == "1")
        #expect(answer["x-apus-upstream-request-id"] == "req_1")
        for part in [#""content":"Hello""#, #""finish_reason":"stop""#, #""prompt_tokens":3"#] {
            #expect(answer.text.contains(part), "\(answer.text)")
        }
    }

    @Test("OpenAI to Anthropic, streamed, at whatever bytes it is cut", arguments: [1000, 7])
    func streamed(size: Int) throws {
        let gateway = try gateway(.anthropic)
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        #expect(peer.receiveMessage().text.contains(#""stream":true"#))
        peer.beginChunked()
        var rest = Substring(Self.events.map(Self.frame).joined())
        while !rest.isEmpty {
            peer.chunk(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        peer.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer["content-type"] == "text/event-stream; charset=utf-8")
        #expect(answer.isWhole && answer.text.hasSuffix("data: [DONE]\n\n"))
        for part in [#""content":"Hel""#, #""content":"lo""#, #""finish_reason":"stop""#] {
            #expect(answer.text.contains(part), "\(answer.text)")
        }
    }

    @Test("Anthropic to OpenAI, whole and streamed", arguments: [false, true])
    func messages(isStream: Bool) throws {
        let gateway = try gateway(.openai)
        let client = try gateway.connect()
        let flag = isStream ? #","stream":true"# : ""
        client.send(
            post(
                "/v1/messages",
                #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]\#(flag)}"#
            ))
        let peer = try upstreams[0].accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/chat/completions HTTP/1.1")
        #expect(asked["authorization"] == "secret" && asked["anthropic-version"] == nil)
        if isStream {
            #expect(asked.text.contains(#""include_usage":true"#), "\(asked.text)")
            peer.beginChunked()
            for text in ["Hel", "lo"] {
                peer.chunk(
                    #"data: {"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# + "\n\n")
            }
            peer.chunk(
                #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n")
            peer.chunk(
                #"data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5}}"#
                    + "\n\n")
            peer.chunk("data: [DONE]\n\n")
            peer.send("0\r\n\r\n")
        } else {
            peer.answer(
                200,
                #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"#
                    + #""finish_reason":"stop"}],"usage":{"prompt_tokens":3,"#
                    + #""completion_tokens":5}}"#)
        }
        let answer = client.receiveMessage()
        #expect(answer.isWhole && answer.status == 200)
        let parts =
            isStream
            ? ["event: message_start", #""text":"Hel""#, #""output_tokens":5"#, "message_stop"]
            : [#""text":"Hello""#, #""stop_reason":"end_turn""#, #""input_tokens":3"#]
        for part in parts { #expect(answer.text.contains(part), "\(answer.text)") }
    }

    @Test("a refusal keeps the provider's words, in the caller's form")
    func refusal() throws {
        let gateway = try gateway(.anthropic)
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        let told =
            #"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}"#
        peer.answer(429, told, fields: ["retry-after: 7"])
        let answer = client.receiveMessage()
        #expect(answer.status == 429 && answer["retry-after"] == "7")
        #expect(answer.text.hasPrefix(#"{"error":{"message":"Slow down","#), "\(answer.text)")
        #expect(answer.text.contains("provider_rate_limited"))
    }

    @Test("an error before the first token leads to the next target, in its own format")
    func fallback() throws {
        let gateway = try gateway(.anthropic, .openai)
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let first = try upstreams[0].accept()
        _ = first.receiveMessage()
        first.beginChunked()
        first.chunk(Self.frame(Self.events[0]))
        first.chunk(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                + "\"message\":\"Busy\"}}\n\n")
        let second = try upstreams[1].accept()
        let asked = second.receiveMessage()
        // The caller's own bytes again.
        #expect(asked.text.contains(#""model":"real-1","messages":[{"role":"user""#))
        second.beginChunked()
        second.chunk("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n")
        second.chunk("data: [DONE]\n\n")
        second.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer.isWhole && answer["x-apus-attempts"] == "2")
        #expect(answer.text.contains(#""content":"x""#) && !answer.text.contains("msg_1"))
    }

    @Test("the last target's error inside its stream is told with its status")
    func lastError() throws {
        let gateway = try gateway(.anthropic)
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                + "\"message\":\"Busy\"}}\n\n")
        let answer = client.receiveMessage()
        #expect(answer.status == 529 && answer.text.contains(#""message":"Busy""#))
    }

    @Test("a status inside a stream that is none of an error's is 502", arguments: [0, 99, 70_000])
    func oddStatus(status: Int) throws {
        let gateway = try gateway(.compatible)
        let client = try gateway.connect()
        client.send(
            post(
                "/v1/messages",
                #"{"model":"m","max_tokens":9,"stream":true,"#
                    + #""messages":[{"role":"user","content":"hi"}]}"#))
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk("data: {\"error\":{\"message\":\"Odd\",\"code\":\(status)}}\n\n")
        let answer = client.receiveMessage()
        #expect((400...599).contains(answer.status) && answer.text.contains("Odd"))
    }

    @Test("an error after the first token is the caller's error event, and the stream is cut")
    func brokenLater() throws {
        let gateway = try gateway(.anthropic, .openai)
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        for event in Self.events.prefix(3) { peer.chunk(Self.frame(event)) }
        peer.chunk(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                + "\"message\":\"Busy\"}}\n\n")
        let answer = client.receiveMessage()
        #expect(answer.status == 200 && !answer.isWhole)
        #expect(answer.text.contains(#""content":"Hel""#))
        #expect(answer.text.contains(#"data: {"error":{"message":"Busy""#), "\(answer.text)")
    }

    @Test("a stream that ends without its end is broken off")
    func cut() throws {
        let gateway = try gateway(.anthropic)
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        for event in Self.events.prefix(3) { peer.chunk(Self.frame(event)) }
        peer.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(!answer.isWhole && answer.text.contains("upstream_broke_off"))
    }

    @Test("what a target cannot express goes to the next one, or is a 400 that names it")
    func inexpressible() throws {
        let audio =
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","#
            + #""input_audio":{"data":"AAAA","format":"wav"}}]}]}"#
        let both = try gateway(.anthropic, .openai)
        let client = try both.connect()
        client.send(post("/v1/chat/completions", audio))
        let peer = try upstreams[1].accept()
        #expect(peer.receiveMessage().text.contains("input_audio"))
        peer.answer()
        #expect(client.receiveMessage()["x-apus-attempts"] == "1")
        let alone = try gateway(.anthropic)
        let other = try alone.connect()
        other.send(post("/v1/chat/completions", audio))
        let answer = other.receiveMessage()
        #expect(answer.status == 400 && answer.text.contains("messages[0]"), "\(answer.text)")
    }

    @Test("unknown fields follow the route's policy", arguments: FieldPolicy.allCases)
    func unknownFields(policy: FieldPolicy) throws {
        let gateway = try gateway(.anthropic) { snapshot in
            var route = snapshot.routes.routes[0]
            route.unknownFields = policy
            snapshot.routes = RouteTable([route])
        }
        let client = try gateway.connect()
        client.send(Ask(more: ",\"odd_field\":1").text)
        if policy == .reject {
            let answer = client.receiveMessage()
            #expect(answer.status == 400 && answer.text.contains("odd_field"))
            return
        }
        let peer = try upstreams[0].accept()
        #expect(peer.receiveMessage().text.contains("odd_field") == (policy == .forward))
        peer.answer(200, Self.message)
        let dropped = client.receiveMessage()["x-apus-dropped"]
        #expect(dropped == (policy == .drop ? "odd_field" : nil))
    }

    @Test("silence in a translated stream is broken by comments")
    func keepAlive() throws {
        let gateway = try gateway(.anthropic) { $0.timeouts.keepAlive = .milliseconds(20) }
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        for event in Self.events.prefix(3) { peer.chunk(Self.frame(event)) }
        let text = client.receive(until: ": keep-alive\n\n")
        #expect(text.contains(#""content":"Hel""#))
        for event in Self.events.dropFirst(3) { peer.chunk(Self.frame(event)) }
        peer.send("0\r\n\r\n")
        #expect(client.receive(until: "0\r\n\r\n").contains("[DONE]"))
    }

    @Test("embeddings of one dialect from a provider of another")
    func embeddings() throws {
        let gateway = try gateway(.gemini)
        let client = try gateway.connect()
        client.send(post("/v1/embeddings", #"{"model":"m","input":["a","b"]}"#))
        let peer = try upstreams[0].accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/models/real-0:batchEmbedContents HTTP/1.1")
        #expect(asked.text.contains(#""model":"models/real-0""#), "\(asked.text)")
        peer.answer(200, #"{"embeddings":[{"values":[0.5,1]},{"values":[2,3]}]}"#)
        let answer = client.receiveMessage()
        #expect(answer.status == 200)
        #expect(answer.text.contains(#""embedding":[0.5,1]"#), "\(answer.text)")
    }

    @Test("a provider by its places alone")
    func mapped() throws {
        let gateway = try gateway(.custom) { snapshot in
            snapshot.upstreams[0].paths[.chatCompletions] = "/run/{model}"
            var mapping = FieldMapping()
            mapping.request.drop = ["model"]
            if let path = FieldPath("input.turns") {
                mapping.request.rename = [FieldMapping.Rename(name: "messages", path: path)]
            }
            mapping.answer = FieldMapping.AnswerPlaces()
            mapping.answer?.text = FieldPath("out.0.text")
            mapping.answer?.finish = FieldPath("out.0.why")
            mapping.answer?.inputTokens = FieldPath("used.in")
            mapping.answer?.outputTokens = FieldPath("used.out")
            mapping.finishWords = ["max": .length]
            mapping.error = FieldMapping.ErrorPlaces()
            mapping.error?.message = FieldPath("fault")
            mapping.statuses = [418: 429]
            snapshot.mappings["u0"] = mapping
        }
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstreams[0].accept()
        let asked = peer.receiveMessage()
        #expect(asked.line == "POST /base/run/real-0 HTTP/1.1")
        #expect(asked.text.hasPrefix(#"{"input":{"turns":[{"role":"user""#), "\(asked.text)")
        #expect(!asked.text.contains("model"))
        peer.answer(200, #"{"out":[{"text":"Hi","why":"max"}],"used":{"in":2,"out":4}}"#)
        let answer = client.receiveMessage().text
        for part in [#""content":"Hi""#, #""finish_reason":"length""#, #""prompt_tokens":2"#] {
            #expect(answer.contains(part), "\(answer)")
        }
        client.send(Ask().text)
        _ = peer.receiveMessage()
        peer.answer(418, #"{"fault":"Too much tea"}"#)
        let refusal = client.receiveMessage()
        #expect(refusal.status == 429 && refusal.text.contains("Too much tea"))
    }
}
