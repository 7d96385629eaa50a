// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON
import Testing

/// Chat completions and Responses into one another.
@Suite struct OpenAIPairTests {
    private func responses(_ chat: String) throws -> GoldenJSON {
        let request = try ChatCompletionsFormat.request(from: Bytes(chat))
        var notes = TranslationNotes()
        let target = TargetTraits(model: EscapedText("m2"))
        return GoldenJSON(try ResponsesFormat.body(of: request, for: target, notes: &notes))
    }

    private func chat(_ responses: String) throws -> GoldenJSON {
        let request = try ResponsesFormat.request(from: Bytes(responses))
        var notes = TranslationNotes()
        let target = TargetTraits(model: EscapedText("m2"))
        return GoldenJSON(try ChatCompletionsFormat.body(of: request, for: target, notes: &notes))
    }

    @Test("a chat with tools becomes items")
    func toItems() throws {
        let written = try responses(
            #"""
            {"model":"m","messages":[{"role":"user","content":"hi"},
            {"role":"assistant","content":null,"tool_calls":[
            {"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},
            {"role":"tool","tool_call_id":"a","content":"1"}],
            "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"auto",
            "max_tokens":99,"response_format":{"type":"json_object"},"store":true}
            """#)
        let items = written["input"]?.elements ?? []
        #expect(items.count == 3)
        #expect(items[1]["call_id"]?.string == "a")
        #expect(items[1]["arguments"]?.string == #"{"x":1}"#)
        #expect(items[2]["output"]?.string == "1")
        #expect(written["max_output_tokens"]?.int == 99)
        #expect(written["text"]?["format"]?["type"]?.string == "json_object")
        #expect(written["tools"]?.elements.first?["name"]?.string == "f")
        #expect(written["store"]?.bool == true)
    }

    @Test("a limit below OpenAI's least is raised and told, sent on, or refused, by the policy")
    func leastLimit() throws {
        let body = Bytes(
            #"{"model":"m","messages":[{"role":"user","content":"a"}],"max_tokens":5}"#)
        let request = try ChatCompletionsFormat.request(from: body)
        var target = TargetTraits(model: EscapedText("m2"))
        for (policy, limit) in [(FieldPolicy.drop, 16), (.forward, 5)] {
            target.unknownFields = policy
            var notes = TranslationNotes()
            let written = try ResponsesFormat.body(of: request, for: target, notes: &notes)
            #expect(GoldenJSON(written)["max_output_tokens"]?.int == limit)
            #expect(notes.dropped == (policy == .drop ? ["max_tokens"] : []))
        }
        target.unknownFields = .reject
        var notes = TranslationNotes()
        let fault = #expect(throws: RequestFault.self) {
            try ResponsesFormat.body(of: request, for: target, notes: &notes)
        }
        #expect(fault?.param == "max_tokens")
    }

    @Test("a model of null is written once, as the target's")
    func nullModel() throws {
        let target = TargetTraits(model: EscapedText("m2"))
        var notes = TranslationNotes()
        let item = try ResponsesFormat.request(from: #"{"input":"a","model":null,"user":null}"#)
        let items = try ResponsesFormat.body(of: item, for: target, notes: &notes)
        #expect(GoldenJSON(items)["model"]?.string == "m2" && !GoldenJSON(items).isNull)
        let turn = try ChatCompletionsFormat.request(
            from: #"{"messages":[],"model":null,"user":null}"#)
        let chat = try ChatCompletionsFormat.body(of: turn, for: target, notes: &notes)
        #expect(GoldenJSON(chat)["model"]?.string == "m2" && !GoldenJSON(chat).isNull)
    }

    @Test("a sound is refused by name, since Responses have none")
    func sound() throws {
        let part = #"{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}"#
        let fault = #expect(throws: RequestFault.self) {
            try responses(#"{"model":"m","messages":[{"role":"user","content":[\#(part)]}]}"#)
        }
        #expect(fault?.param == "messages[0].content[0]")
    }

    @Test("items become a chat, an assistant's items in a row one message")
    func toChat() throws {
        let written = try chat(
            #"""
            {"model":"m","instructions":"be kind","input":[{"role":"user","content":"hi"},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"ok"}]},
            {"type":"function_call","call_id":"a","name":"f","arguments":"{}"},
            {"type":"function_call","call_id":"b","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"a","output":"1"},
            {"type":"function_call_output","call_id":"b","output":"2"}],
            "reasoning":{"effort":"low"},"max_output_tokens":5}
            """#)
        let messages = written["messages"]?.elements ?? []
        #expect(messages.count == 5)
        #expect(messages[0]["content"]?.string == "be kind")
        #expect(messages[2]["content"]?.string == "ok")
        #expect(messages[2]["tool_calls"]?.elements.count == 2)
        #expect(messages[4]["tool_call_id"]?.string == "b")
        #expect(written["reasoning_effort"]?.string == "low")
        #expect(written["max_completion_tokens"]?.int == 5)
    }

    @Test(
        "what needs stored responses is refused by name",
        arguments: [
            ("previous_response_id", #""resp_1""#), ("conversation", #""conv_1""#),
            ("conversation", #"{"id":"conv_1"}"#), ("background", "true"),
        ])
    func stateless(name: String, value: String) {
        let body = Bytes(#"{"model":"m","input":"hi","\#(name)":\#(value)}"#)
        let fault = #expect(throws: RequestFault.self) { try ResponsesFormat.request(from: body) }
        #expect(fault?.param == Bytes(name))
    }

    @Test("the events of a response are numbered without gaps and end with the whole text")
    func sequence() {
        let chunks: [String] = [
            #"{"id":"c","model":"m","choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"a\n"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"b"}}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#,
        ]
        var decoder = ChatCompletionsDecoder()
        var encoder = ResponsesEncoder(for: GoldenFormat.caller(EscapedText("m")))
        var writer = ByteWriter()
        for chunk in chunks {
            for var frame in (try? decoder.frames(of: Bytes(chunk), name: Bytes().span)) ?? [] {
                frame.source = nil
                encoder.append(frame, to: &writer)
            }
        }
        encoder.finish(&writer)
        let events = GoldenEvent.events(of: writer.finish(), format: .responses)
        let numbers = events.map { GoldenJSON($0.data)["sequence_number"]?.int }
        #expect(numbers == Array(0..<events.count))
        let last = GoldenJSON(events[events.count - 1].data)
        #expect(events.last?.name == "response.incomplete")
        let output = last["response"]?["output"]?.elements ?? []
        #expect(output.count == 2)
        #expect(output[1]["content"]?.elements.first?["text"]?.string == "a\nb")
    }

    @Test(
        "errors of compatible providers have their kind",
        arguments: [
            (
                400, #"{"code":"x","error":"Incorrect API key provided: 1."}"#,
                "provider_authentication"
            ),
            (401, #"{"detail":"Invalid API Key"}"#, "provider_authentication"),
            (429, #"{"error":{"code":429,"message":"slow"}}"#, "provider_rate_limited"),
            (
                429, #"{"error":{"code":"insufficient_quota","message":"q"}}"#,
                "provider_quota_exhausted"
            ),
            (
                400, #"{"error":{"type":"too_many_prompt_tokens","message":"m","code":400}}"#,
                "context_length_exceeded"
            ),
            (400, #"{"error":["Error in `inputs`: field required"]}"#, "invalid_request"),
            (529, "<html>busy</html>", "provider_overloaded"),
            (500, "", "provider_error"),
        ])
    func errors(status: Int, body: String, label: String) {
        let error = ChatCompletionsFormat.error(from: Bytes(body), status: status)
        #expect(error.kind.label.description == label)
        #expect(!error.message.isEmpty || body.isEmpty)
    }
}
