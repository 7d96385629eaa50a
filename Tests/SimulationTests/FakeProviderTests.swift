// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Reactor
import Testing

@testable import Simulation

@Suite struct FakeProviderTests {
    private static let hello =
        #"{"model":"m","messages":[{"role":"user","content":"Say hello"}]}"#

    private static func streamed(_ more: String = "") -> String {
        #"{"model":"m","stream":true\#(more),"messages":[{"role":"user","content":"Say hello"}]}"#
    }

    private static func json(_ text: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(object as? [String: Any])
    }

    private static func choice(_ text: String) throws -> [String: Any] {
        let choices = try #require(try json(text)["choices"] as? [[String: Any]])
        return try #require(choices.first)
    }

    @Test("a whole answer has the members of the recorded ones and echoes the prompt")
    func wholeAnswer() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let answer = PlainClient.post("/v1/chat/completions", Self.hello, to: provider.address)
        #expect(answer.status == 200)
        #expect(answer.head.contains("x-request-id: req_"))
        #expect(answer.head.contains("openai-processing-ms: 0"))
        #expect(answer.head.contains("x-ratelimit-remaining-tokens: "))
        let body = try Self.json(answer.body)
        #expect(
            Set(body.keys) == [
                "id", "object", "created", "model", "choices", "usage", "service_tier",
                "system_fingerprint",
            ])
        let choice = try Self.choice(answer.body)
        let message = try #require(choice["message"] as? [String: Any])
        let text = try #require(message["content"] as? String)
        #expect(text.hasPrefix("Simulated answer to: Say hello"))
        #expect(choice["finish_reason"] as? String == "stop")
        let usage = try #require(body["usage"] as? [String: Any])
        #expect(usage["prompt_tokens"] as? Int == 6)
        #expect(usage["completion_tokens"] as? Int == 32)
        #expect(usage["total_tokens"] as? Int == 38)
    }

    @Test("a stream begins with the role, says the whole answer and ends with usage and DONE")
    func stream() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let body = Self.streamed(#","stream_options":{"include_usage":true}"#)
        let answer = PlainClient.post("/openai/v1/chat/completions", body, to: provider.address)
        #expect(answer.head.contains("content-type: text/event-stream; charset=utf-8"))
        #expect(answer.isTerminated)
        let events = answer.events
        // Role, 32 words, finish, usage, DONE.
        #expect(events.count == 36)
        #expect(events.last == "[DONE]")
        let first = try #require(try Self.choice(events[0])["delta"] as? [String: Any])
        #expect(first["role"] as? String == "assistant")
        #expect(events[0].hasSuffix(#""usage":null}"#))
        var text = ""
        for event in events[1...32] {
            let delta = try #require(try Self.choice(event)["delta"] as? [String: Any])
            text += try #require(delta["content"] as? String)
        }
        #expect(text.hasPrefix("Simulated answer to: Say hello"))
        #expect(try Self.choice(events[33])["finish_reason"] as? String == "stop")
        let last = try Self.json(events[34])
        #expect((last["choices"] as? [Any])?.isEmpty == true)
        #expect((last["usage"] as? [String: Any])?["completion_tokens"] as? Int == 32)
    }

    @Test("without include_usage no event mentions usage")
    func streamWithoutUsage() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let answer = PlainClient.post(
            "/v1/chat/completions", Self.streamed(), to: provider.address)
        #expect(answer.events.count == 35)
        #expect(!answer.body.contains("usage"))
    }

    @Test("max_tokens cuts the answer and says so")
    func maxTokens() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let body = Self.hello.replacingOccurrences(
            of: #""model""#, with: #""max_tokens":3,"model""#)
        let answer = PlainClient.post("/v1/chat/completions", body, to: provider.address)
        let choice = try Self.choice(answer.body)
        #expect(choice["finish_reason"] as? String == "length")
        let message = try #require(choice["message"] as? [String: Any])
        #expect(message["content"] as? String == "Simulated answer to:")
    }

    private static let tools = #"""
        "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object",
        "properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":2}},
        "required":["city","days"]}}},{"type":"function","function":{"name":"clock"}}]
        """#

    private static func asking(_ text: String, _ more: String) -> String {
        #"{"model":"m","messages":[{"role":"user","content":"\#(text)"}],\#(more)}"#
    }

    @Test("tools are called with arguments that fit their schema")
    func toolCall() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let answer = PlainClient.post(
            "/v1/chat/completions", Self.asking("Weather?", Self.tools), to: provider.address)
        let choice = try Self.choice(answer.body)
        #expect(choice["finish_reason"] as? String == "tool_calls")
        let message = try #require(choice["message"] as? [String: Any])
        #expect(message["content"] is NSNull)
        let calls = try #require(message["tool_calls"] as? [[String: Any]])
        try #require(calls.count == 1)
        let function = try #require(calls[0]["function"] as? [String: Any])
        #expect(function["name"] as? String == "weather")
        let arguments = try Self.json(try #require(function["arguments"] as? String))
        #expect(arguments["city"] is String)
        #expect(arguments["days"] as? Int == 2)
    }

    @Test("streamed calls put together are the arguments; several when asked in parallel")
    func streamedToolCalls() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let answer = PlainClient.post(
            "/v1/chat/completions", Self.asking("In parallel!", Self.tools + #","stream":true"#),
            to: provider.address)
        var arguments = ["", ""]
        var names: [String] = []
        var finish: String?
        for event in answer.events where event != "[DONE]" {
            let choice = try Self.choice(event)
            finish = choice["finish_reason"] as? String
            let delta = try #require(choice["delta"] as? [String: Any])
            for call in delta["tool_calls"] as? [[String: Any]] ?? [] {
                let index = try #require(call["index"] as? Int)
                let function = try #require(call["function"] as? [String: Any])
                if let name = function["name"] as? String { names.append(name) }
                arguments[index] += try #require(function["arguments"] as? String)
            }
        }
        #expect(names == ["weather", "clock"])
        #expect(try Self.json(arguments[0])["days"] as? Int == 2)
        #expect(finish == "tool_calls")
    }

    @Test("after a tool's result, and with tool_choice none, words come")
    func noToolCall() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let none = Self.asking("Weather?", Self.tools + #","tool_choice":"none""#)
        let after = #"""
            {"model":"m","messages":[{"role":"user","content":"Weather?"},
            {"role":"tool","tool_call_id":"call_1","content":"sunny"}],\#(Self.tools)}
            """#
        for body in [none, after] {
            let answer = PlainClient.post("/v1/chat/completions", body, to: provider.address)
            let message = try #require(try Self.choice(answer.body)["message"] as? [String: Any])
            #expect(message["tool_calls"] == nil)
            #expect(message["content"] is String)
        }
    }

    @Test("vectors depend on the words only, in floats as in base64")
    func embeddings() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        func vectors(_ more: String) throws -> [Any] {
            let answer = PlainClient.post(
                "/v1/embeddings", #"{"model":"text-embedding-3-small",\#(more)}"#,
                to: provider.address)
            let data = try #require(try Self.json(answer.body)["data"] as? [[String: Any]])
            return data.compactMap { $0["embedding"] }
        }
        let floats = try #require(
            try vectors(#""dimensions":7,"input":["a quick fox","a slow dog"]"#) as? [[Double]])
        #expect(floats.map(\.count) == [7, 7])
        #expect(abs(floats[0].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        let packed = try #require(
            try vectors(#""dimensions":7,"encoding_format":"base64","input":"a quick fox""#)
                .first as? String)
        let raw = try #require(Data(base64Encoded: packed))
        let unpacked = raw.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        #expect(zip(unpacked, floats[0]).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        #expect(unpacked.count == 7)
        let ids = try #require(try vectors(#""input":[[1,2,3],[4]]"#) as? [[Double]])
        #expect(ids.map(\.count) == [1536, 1536])
    }

    @Test("models are listed and found by name; unknown ones and paths are 404")
    func models() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let list = PlainClient.get("/v1/models", from: provider.address)
        #expect(list.body.contains(#""id":"gpt-4o-mini""#))
        #expect(PlainClient.get("/v1/models/gpt-4o", from: provider.address).status == 200)
        let missing = PlainClient.get("/v1/models/nonesuch", from: provider.address)
        #expect(missing.status == 404)
        #expect(missing.body.contains(#""code": "model_not_found""#))
        #expect(PlainClient.get("/v1/nonesuch", from: provider.address).status == 404)
        let wrong = PlainClient.get("/v1/chat/completions", from: provider.address)
        #expect(wrong.status == 405)
    }

    @Test(
        "bad requests get the service's 400",
        arguments: [
            ("{", "could not parse"), ("[]", "could not parse"),
            (#"{"messages":[]}"#, "model parameter"), (#"{"model":"m"}"#, "'messages'"),
        ])
    func badRequests(body: String, part: String) throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let answer = PlainClient.post("/v1/chat/completions", body, to: provider.address)
        #expect(answer.status == 400)
        #expect(answer.body.contains(part))
        #expect(answer.body.contains(#""type": "invalid_request_error""#))
    }

    @Test("requests on one connection are answered in order, also when they come at once")
    func pipelining() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let client = PlainClient(provider.address)
        let one =
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"
            + "content-length: \(Self.hello.utf8.count)\r\n\r\n\(Self.hello)"
        let last = "GET /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        client.send(one + one + last)
        let all = String(decoding: client.readToEnd(), as: UTF8.self)
        #expect(all.components(separatedBy: "HTTP/1.1 200 OK").count == 4)
        #expect(all.hasSuffix("}"))
    }
}
