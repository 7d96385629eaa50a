// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Reactor
import Testing

@testable import Simulation

/// What each simulated sample answers and refuses; their own SDKs try the rest.
@Suite struct DialectAnswerTests {
    /// One sample and how it is asked for an answer.
    struct DialectSample: Sendable, CustomTestStringConvertible {
        let dialect: FakeProvider.Dialect
        let path: String
        let streamPath: String
        let body: String
        let streamBody: String
        var headers = ""
        let key: String
        let keyStatus: Int
        let end: String
        var testDescription: String { dialect.rawValue }
    }

    static let samples = [
        DialectSample(
            dialect: .anthropic, path: "/v1/messages", streamPath: "/v1/messages",
            body: #"{"model":"m","max_tokens":64,"messages":[{"role":"user","content":"Hi"}]}"#,
            streamBody:
                #"{"model":"m","max_tokens":64,"stream":true,"#
                + #""messages":[{"role":"user","content":"Hi"}]}"#,
            headers: "anthropic-version: 2023-06-01\r\n", key: "x-api-key: ", keyStatus: 401,
            end: #"{"type":"message_stop""#),
        DialectSample(
            dialect: .gemini, path: "/v1beta/models/m:generateContent",
            streamPath: "/v1beta/models/m:streamGenerateContent?alt=sse",
            body: #"{"contents":[{"parts":[{"text":"Hi"}]}]}"#,
            streamBody: #"{"contents":[{"parts":[{"text":"Hi"}]}]}"#,
            key: "x-goog-api-key: ", keyStatus: 400, end: #""finishReason": "STOP""#),
        DialectSample(
            dialect: .ollama, path: "/api/chat", streamPath: "/api/chat",
            body: #"{"model":"m","stream":false,"messages":[{"role":"user","content":"Hi"}]}"#,
            streamBody: #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#,
            key: "authorization: Bearer ", keyStatus: 401, end: #""done":true"#),
        DialectSample(
            dialect: .cohere, path: "/v2/chat", streamPath: "/v2/chat",
            body: #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#,
            streamBody:
                #"{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#,
            key: "authorization: Bearer ", keyStatus: 401, end: "data: [DONE]"),
    ]

    private func post(
        _ sample: DialectSample, stream: Bool = false, headers: String = "",
        to provider: ProviderThread
    ) -> PlainAnswer {
        PlainClient.post(
            stream ? sample.streamPath : sample.path, stream ? sample.streamBody : sample.body,
            to: provider.address, headers: sample.headers + headers)
    }

    @Test("a whole answer echoes the prompt", arguments: samples)
    func whole(sample: DialectSample) throws {
        let provider = try ProviderThread(dialect: sample.dialect)
        defer { provider.stop() }
        let answer = post(sample, to: provider)
        #expect(answer.status == 200)
        #expect(answer.body.contains("Simulated answer to: Hi and so"))
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        #expect(object is [String: Any])
    }

    @Test("a stream comes word by word and ends as the vendor ends it", arguments: samples)
    func stream(sample: DialectSample) throws {
        let provider = try ProviderThread(dialect: sample.dialect)
        defer { provider.stop() }
        let answer = post(sample, stream: true, to: provider)
        #expect(answer.status == 200)
        #expect(answer.isTerminated)
        #expect(answer.chunks.count >= 32)
        let last = String(decoding: answer.chunks.last ?? [], as: UTF8.self)
        #expect(last.contains(sample.end))
    }

    @Test("without its end a stream lacks just that", arguments: samples)
    func noEnd(sample: DialectSample) throws {
        var script = ProviderScript()
        script.behaviour = .noDone
        let provider = try ProviderThread(script, dialect: sample.dialect)
        defer { provider.stop() }
        let answer = post(sample, stream: true, to: provider)
        #expect(answer.isTerminated)
        #expect(!answer.body.contains(sample.end))
    }

    @Test("events may carry the time in place of words", arguments: samples)
    func stamps(sample: DialectSample) throws {
        var script = ProviderScript()
        script.timestamps = true
        let provider = try ProviderThread(script, dialect: sample.dialect)
        defer { provider.stop() }
        let answer = post(sample, stream: true, to: provider)
        #expect(!answer.body.contains("Simulated"))
        #expect(!answer.body.contains("@@word@@"))
        #expect(answer.body.components(separatedBy: #"" "#).count > 32)
    }

    @Test("a wrong key is refused with the vendor's status", arguments: samples)
    func wrongKey(sample: DialectSample) throws {
        var script = ProviderScript()
        script.apiKey = Secret("the-right-one")
        let provider = try ProviderThread(script, dialect: sample.dialect)
        defer { provider.stop() }
        let wrong = post(sample, headers: "\(sample.key)wrong\r\n", to: provider)
        #expect(wrong.status == sample.keyStatus)
        let right = post(sample, headers: "\(sample.key)the-right-one\r\n", to: provider)
        #expect(right.status == 200)
    }

    @Test(
        "a scripted status has the vendor's body",
        arguments: [
            (samples[0], 529, #""type":"overloaded_error","message":"Overloaded""#),
            (samples[0], 429, #""type":"rate_limit_error""#),
            (samples[1], 429, #""retryDelay": "7.0s""#),
            (samples[1], 503, #""status": "UNAVAILABLE""#),
            (samples[2], 503, #"{"error":"server busy"#),
            (samples[3], 429, #""message":"Please wait and try again later""#),
        ])
    func scripted(sample: DialectSample, status: Int, part: String) throws {
        var script = ProviderScript()
        script.status = status
        script.retryAfter = .seconds(7)
        let provider = try ProviderThread(script, dialect: sample.dialect)
        defer { provider.stop() }
        let answer = post(sample, to: provider)
        #expect(answer.status == status)
        #expect(answer.body.contains(part))
        #expect(answer.head.contains("retry-after: 7") == (sample.dialect != .gemini))
    }

    @Test("an error in a stream is the vendor's error event", arguments: samples)
    func errorEvent(sample: DialectSample) throws {
        var script = ProviderScript()
        script.behaviour = .errorEventMidStream
        let provider = try ProviderThread(script, dialect: sample.dialect)
        defer { provider.stop() }
        let answer = post(sample, stream: true, to: provider)
        #expect(answer.chunks.count == 4)
        let last = String(decoding: answer.chunks.last ?? [], as: UTF8.self)
        #expect(last.lowercased().contains("error"))
    }

    /// A request that the real service refuses, and words of its refusal.
    struct Refused: Sendable {
        let sample: DialectSample
        let body: String
        let part: String
    }

    static let refused = [
        Refused(sample: samples[0], body: #"{"model":"m"}"#, part: "max_tokens: Field required"),
        Refused(
            sample: samples[0],
            body: #"{"model":"m","max_tokens":1,"n":2,"messages":[]}"#,
            part: "n: Extra inputs are not permitted"),
        Refused(
            sample: samples[0],
            body: #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":["#
                + #"{"type":"tool_result","tool_use_id":"a"}]}]}"#,
            part: "unexpected `tool_use_id`"),
        Refused(
            sample: samples[1], body: #"{"contents":[{"parts":[{"text":"a"}]}],"n":1}"#,
            part: "Unknown name \\\"n\\\""),
        Refused(
            sample: samples[1],
            body: #"{"contents":[{"parts":[{"functionResponse":{"name":"a","response":{}}}]}]}"#,
            part: "number of function response parts"),
        Refused(
            sample: samples[2],
            body: #"{"model":"m","messages":[{"role":"assistant","tool_calls":["#
                + #"{"function":{"name":"a","arguments":"{}"}}]}]}"#,
            part: "cannot unmarshal string"),
        Refused(
            sample: samples[2],
            body:
                #"{"model":"m","messages":[{"role":"user","images":["data:image/png;base64,"]}]}"#,
            part: "illegal base64"),
        Refused(
            sample: samples[3], body: #"{"model":"m","n":2,"messages":[]}"#,
            part: "parameter 'n' is not a valid field"),
        Refused(
            sample: samples[3],
            body: #"{"model":"m","tool_choice":"auto","messages":[{"role":"user","content":"a"}]}"#,
            part: "tool_choice must be one of"),
    ]

    @Test("what the real service refuses is refused", arguments: refused)
    func refuses(request: Refused) throws {
        let provider = try ProviderThread(dialect: request.sample.dialect)
        defer { provider.stop() }
        let answer = PlainClient.post(
            request.sample.path, request.body, to: provider.address,
            headers: request.sample.headers)
        #expect(answer.status == 400 || answer.status == 422)
        #expect(answer.body.contains(request.part), "\(answer.body)")
    }

    @Test("Gemini's stream without alt=sse is one array")
    func geminiArray() throws {
        let provider = try ProviderThread(dialect: .gemini)
        defer { provider.stop() }
        let answer = PlainClient.post(
            "/v1beta/models/m:streamGenerateContent", Self.samples[1].body, to: provider.address)
        let list = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        #expect((list as? [Any])?.count == 32)
    }

    @Test("a later Anthropic version takes no temperature")
    func unsampled() throws {
        let provider = try ProviderThread(dialect: .anthropic)
        defer { provider.stop() }
        let body = Self.samples[0].body.replacingOccurrences(
            of: #""model""#, with: #""temperature":0.5,"model""#)
        for (version, status) in [("2023-06-01", 200), ("2026-10-21", 400), ("1999-01-01", 400)] {
            let answer = PlainClient.post(
                "/v1/messages", body, to: provider.address,
                headers: "anthropic-version: \(version)\r\n")
            #expect(answer.status == status)
        }
    }

    @Test("Ollama, Gemini and Cohere speak OpenAI too")
    func openAIPaths() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#
        for (dialect, path) in [
            (FakeProvider.Dialect.ollama, "/v1/chat/completions"),
            (.gemini, "/v1beta/openai/chat/completions"),
            (.cohere, "/compatibility/v1/chat/completions"),
        ] {
            let provider = try ProviderThread(dialect: dialect)
            defer { provider.stop() }
            let answer = PlainClient.post(path, body, to: provider.address)
            #expect(answer.body.contains(#""object": "chat.completion""#))
        }
    }
}
