// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON
import Testing

@Suite struct MessagesFormatTests {
    private func call(_ id: String?, _ name: String, _ arguments: Bytes) -> ContentPart {
        ContentPart(
            .toolCall(
                ToolCall(
                    id: id.map { EscapedText($0) }, name: EscapedText(name), arguments: arguments)))
    }

    private func result(_ id: String?, _ text: String) -> ContentPart {
        let content = ContentPart(.text(EscapedText(text)))
        return ContentPart(
            .toolResult(ToolResult(callID: id.map { EscapedText($0) }, content: [content])))
    }

    private func text(_ role: ChatMessage.Role, _ text: String) -> ChatMessage {
        ChatMessage(role: role, parts: [ContentPart(.text(EscapedText(text)))])
    }

    private func request(_ messages: [ChatMessage]) -> ChatRequest {
        var request = ChatRequest()
        request.extras = Extras(origin: .chatCompletions)
        request.messages = messages
        return request
    }

    private func written(
        _ request: ChatRequest, _ change: (inout TargetTraits) -> Void = { _ in }
    ) throws -> (body: GoldenJSON, dropped: [String]) {
        var notes = TranslationNotes()
        var target = TargetTraits(model: EscapedText("claude-x"))
        change(&target)
        let body = try MessagesFormat.body(of: request, for: target, notes: &notes)
        return (GoldenJSON(body), notes.dropped.map(\.string))
    }

    @Test("system text moves beside the messages, and results gather in one user turn")
    func turns() throws {
        let body = try written(
            request([
                text(.system, "Be brief."), text(.user, "Hi"), text(.user, "Weather?"),
                ChatMessage(
                    role: .assistant,
                    parts: [
                        ContentPart(.text(EscapedText())),
                        call("functions.get:0", "get", #"{"city":"Rome"}"#),
                        call("functions.get:1", "get", ""),
                    ]),
                ChatMessage(role: .tool, parts: [result("functions.get:0", "sun")]),
                ChatMessage(role: .tool, parts: [result("functions.get:1", "rain")]),
                text(.user, "Thanks"), text(.developer, "Be kind."),
            ])
        ).body
        let wanted: Bytes = """
            {"model":"claude-x","max_tokens":4096,
            "system":[{"type":"text","text":"Be brief."},{"type":"text","text":"Be kind."}],
            "messages":[
            {"role":"user","content":[{"type":"text","text":"Hi"},
            {"type":"text","text":"Weather?"}]},
            {"role":"assistant","content":[
            {"type":"tool_use","id":"functions_get_0","name":"get","input":{"city":"Rome"}},
            {"type":"tool_use","id":"functions_get_1","name":"get","input":{}}]},
            {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"functions_get_0","content":"sun"},
            {"type":"tool_result","tool_use_id":"functions_get_1","content":"rain"},
            {"type":"text","text":"Thanks"}]}]}
            """
        #expect(GoldenJSON(wanted).difference(from: body) == nil)
    }

    @Test("an effort becomes a budget below the limit, and sampling gives way to it")
    func thinking() throws {
        var asked = request([text(.user, "Hi")])
        asked.reasoning = ReasoningOptions()
        asked.reasoning?.effort = EscapedText("medium")
        asked.sampling.temperature = "0.3"
        var found = try written(asked)
        #expect(found.body["thinking"]?["budget_tokens"]?.int == 8192)
        #expect(found.body["max_tokens"]?.int == 4096 + 8192)
        #expect(found.body["temperature"] == nil)
        #expect(found.dropped == ["temperature"])

        asked.maxTokens = 6000
        #expect(try written(asked).body["thinking"]?["budget_tokens"]?.int == 3000)
        asked.maxTokens = 1000
        found = try written(asked)
        #expect(found.body["thinking"] == nil)
        #expect(found.body["temperature"]?.text == "0.3")
        #expect(found.dropped == ["reasoning_effort"])

        asked.maxTokens = nil
        found = try written(asked) { $0.thinking = .effort }
        #expect(found.body["thinking"]?["type"]?.string == "adaptive")
        #expect(found.body["output_config"]?["effort"]?.string == "medium")
    }

    @Test("models without sampling get none, and none gets more than it takes")
    func sampling() throws {
        var asked = request([text(.user, "Hi")])
        asked.sampling.temperature = "1.5"
        asked.sampling.topP = "0.9"
        asked.sampling.seed = "7"
        asked.sampling.frequencyPenalty = "0"
        var found = try written(asked)
        #expect(found.body["temperature"]?.int == 1)
        #expect(found.body["top_p"] == nil)
        #expect(found.dropped == ["temperature", "top_p", "seed"])
        found = try written(asked) { $0.takesSampling = false }
        #expect(found.body["temperature"] == nil)
        #expect(throws: RequestFault.self) { try written(asked) { $0.unknownFields = .reject } }
    }

    @Test("a schema becomes the output's format, and one of some tools a shorter list")
    func toolsAndOutput() throws {
        var asked = request([text(.user, "Hi")])
        asked.output = .schema(OutputSchema(schema: #"{"type":"object"}"#))
        var first = FunctionTool(name: EscapedText("a"))
        first.parameters = #"{"properties":{}}"#
        asked.tools = [
            ToolDefinition(.function(first)),
            ToolDefinition(.function(FunctionTool(name: EscapedText("b")))),
        ]
        asked.toolChoice = .anyOf(names: [EscapedText("a")])
        asked.parallelToolCalls = false
        let body = try written(asked).body
        #expect(body["output_config"]?["format"]?["type"]?.string == "json_schema")
        #expect(body["tools"]?.elements.count == 1)
        #expect(body["tools"]?.elements[0]["input_schema"]?["type"]?.string == "object")
        #expect(body["tool_choice"]?["type"]?.string == "any")
        #expect(body["tool_choice"]?["disable_parallel_tool_use"]?.bool == true)
    }

    @Test("what cannot be said is refused by its path")
    func refusals() throws {
        let audio = ContentPart(.audio(.base64(EscapedText("AA"), mediaType: EscapedText("a"))))
        var asked = request([ChatMessage(role: .user, parts: [audio])])
        var fault = #expect(throws: RequestFault.self) { try written(asked) }
        #expect(fault?.param == "messages[0].content[0]")

        asked = request([
            ChatMessage(role: .assistant, parts: [call("1", "f", "[1]")])
        ])
        fault = #expect(throws: RequestFault.self) { try written(asked) }
        #expect(fault?.param == "messages[0].content[0]")

        asked = request([text(.user, "Hi")])
        asked.sampling.candidates = 2
        fault = #expect(throws: RequestFault.self) { try written(asked) }
        #expect(fault?.param == "n")

        asked.sampling.candidates = 1
        asked.tools = [ToolDefinition(.server(type: EscapedText("x"), json: "{}"))]
        fault = #expect(throws: RequestFault.self) { try written(asked) }
        #expect(fault?.param == "tools[0]")
    }

    @Test(
        "a wrong request is refused with the path of its fault",
        arguments: [
            (#"{"model":"m"}"#, "messages"),
            (#"{"model":5,"messages":[]}"#, "model"),
            (#"{"messages":[{"role":"user"}]}"#, "messages[0].content"),
            (#"{"messages":[{"role":"tool","content":""}]}"#, "messages[0].role"),
            (
                #"{"messages":[{"role":"user","content":[{"text":"x"}]}]}"#,
                "messages[0].content[0].type"
            ),
            (
                #"{"messages":[{"role":"user","content":[{"type":"text","text":1}]}]}"#,
                "messages[0].content[0].text"
            ),
            (#"{"messages":[],"max_tokens":"x"}"#, "max_tokens"),
            (#"{"messages":[],"tools":[{"description":"x"}]}"#, "tools[0].name"),
        ])
    func badRequests(body: String, path: String) {
        let fault = #expect(throws: RequestFault.self) {
            try MessagesFormat.request(from: Bytes(body))
        }
        #expect(fault?.param?.string == path)
    }

    @Test("a request for a count has no limit, and the count is read and written")
    func counting() throws {
        var notes = TranslationNotes()
        let request = try MessagesFormat.request(
            from: #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":9}"#)
        let target = TargetTraits(model: EscapedText("claude-x"))
        let body = try MessagesFormat.countBody(of: request, for: target, notes: &notes)
        let wanted: Bytes = #"{"model":"claude-x","messages":[{"role":"user","content":"Hi"}]}"#
        #expect(GoldenJSON(wanted).difference(from: GoldenJSON(body)) == nil)
        #expect(try MessagesFormat.count(from: MessagesFormat.countAnswer(17)) == 17)
        #expect(throws: ProviderError.self) { try MessagesFormat.count(from: "{}") }
    }

    @Test("cached tokens are part of the input, and hours' writes are told")
    func usage() throws {
        let answer = try MessagesFormat.answer(
            from: """
                {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],
                "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,
                "cache_read_input_tokens":200,"cache_creation_input_tokens":30,"output_tokens":4,
                "cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},
                "output_tokens_details":{"thinking_tokens":3}}}
                """)
        #expect(answer.usage?.inputTokens == 240)
        #expect(answer.usage?.cachedInputTokens == 200)
        #expect(answer.usage?.cacheWriteTokens == 30)
        #expect(answer.usage?.longCacheWriteTokens == 20)
        #expect(answer.usage?.outputTokens == 4)
        #expect(answer.usage?.reasoningTokens == 3)
    }

    @Test("calls of another format become blocks that follow one another")
    func stream() {
        var encoder = MessagesStreamEncoder(
            for: CallerTraits(model: EscapedText("m"), now: 0, exchangeID: "x1"))
        var writer = ByteWriter()
        var frame = StreamFrame()
        frame.events = [
            .start(AnswerHead()), .reasoning(EscapedText("hm")), .text(EscapedText()),
            .toolCall(index: 0, id: nil, name: EscapedText("f")),
            .toolArguments(index: 0, EscapedText(#"{"a""#)),
            .toolCall(index: 1, id: EscapedText("c2"), name: EscapedText("g")),
            .toolArguments(index: 0, EscapedText(":1}")),
            .toolArguments(index: 1, EscapedText("{}")), .finish(Finish(.toolCalls)),
            .usage(Usage(inputTokens: 5, outputTokens: 2)), .done,
        ]
        encoder.append(frame, to: &writer)
        encoder.finish(&writer)
        let events = GoldenEvent.events(of: writer.finish(), format: .messages)
        let types = events.map { GoldenJSON($0.data)["type"]?.string?.string ?? "" }
        #expect(types == events.map(\.name.string))
        #expect(
            types.map { $0.replacing("content_block_", with: "") } == [
                "message_start", "start", "delta", "stop", "start", "delta", "stop", "start",
                "delta", "delta", "stop", "message_delta", "message_stop",
            ])
        let last = GoldenJSON(events[11].data)
        #expect(last["delta"]?["stop_reason"]?.string == "tool_use")
        #expect(last["usage"]?["input_tokens"]?.int == 5)
        #expect(GoldenJSON(events[8].data)["index"]?.int == 1)
    }

    @Test(
        "an error is of the closed kind that its type says",
        arguments: [
            (400, "invalid_request_error", "prompt is too long: 9 > 8", 1),
            (400, "invalid_request_error", "Your credit balance is too low", 7),
            (401, "authentication_error", "bad", 5), (403, "permission_error", "no", 6),
            (404, "not_found_error", "model: x", 3), (413, "request_too_large", "big", 4),
            (429, "rate_limit_error", "slow", 8), (500, "api_error", "oops", 12),
            (529, "overloaded_error", "busy", 10), (0, "overloaded_error", "busy", 10),
            (400, "new_error", "x", 0),
        ])
    func errors(status: Int, type: String, message: String, kind: UInt8) {
        let body = #"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"}}"#
        let error = MessagesFormat.error(from: Bytes(body), status: status)
        #expect(error.kind.rawValue == kind)
        #expect(error.message.string == message)
        #expect(error.code?.string == type)
        #expect(error.status == (status == 0 ? 529 : status))
    }
}
