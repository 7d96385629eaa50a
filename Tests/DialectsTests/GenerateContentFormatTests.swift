// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON
import Testing

@Suite struct GenerateContentFormatTests {
    private func written(
        _ request: ChatRequest, model: String = "gemini-2.5-flash",
        _ change: (inout TargetTraits) -> Void = { _ in }
    ) throws -> (body: GoldenJSON, dropped: [String]) {
        var notes = TranslationNotes()
        var target = TargetTraits(model: EscapedText(model))
        change(&target)
        let body = try GenerateContentFormat.body(of: request, for: target, notes: &notes)
        return (GoldenJSON(body), notes.dropped.map(\.string))
    }

    @Test("both spellings of every member are read alike")
    func spellings() throws {
        let camel: Bytes = """
            {"contents":[{"role":"user","parts":[{"fileData":{"fileUri":"https://a/b.png",
            "mimeType":"image/png"}}]}],"systemInstruction":{"parts":[{"text":"s"}]},
            "generationConfig":{"maxOutputTokens":5,"topP":0.5,"stopSequences":["x"],
            "responseMimeType":"application/json","responseSchema":{"type":"OBJECT"},
            "thinkingConfig":{"thinkingBudget":9,"includeThoughts":true}},
            "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
            "tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"a":1}}]}]}
            """
        let snake: Bytes = """
            {"contents":[{"role":"user","parts":[{"file_data":{"file_uri":"https://a/b.png",
            "mime_type":"image/png"}}]}],"system_instruction":{"parts":[{"text":"s"}]},
            "generation_config":{"max_output_tokens":5,"top_p":0.5,"stop_sequences":["x"],
            "response_mime_type":"application/json","response_schema":{"type":"OBJECT"},
            "thinking_config":{"thinking_budget":9,"include_thoughts":true}},
            "tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["f"]}},
            "tools":[{"function_declarations":[{"name":"f","parameters_json_schema":{"a":1}}]}]}
            """
        for body in [camel, snake] {
            let request = try GenerateContentFormat.request(from: body)
            #expect(request.messages.count == 2)
            #expect(request.maxTokens == 5)
            #expect(request.stop == [EscapedText("x")])
            #expect(request.sampling.topP == "0.5")
            #expect(request.reasoning?.budgetTokens == 9)
            #expect(request.reasoning?.includesThoughts == true)
            #expect(request.toolChoice == .function(name: EscapedText("f")))
            #expect(request.output == .schema(OutputSchema(schema: #"{"type":"object"}"#)))
            guard case .function(let tool) = request.tools.first?.kind,
                case .image(let image, _) = request.messages.last?.parts.first?.kind
            else {
                Issue.record("no tool or no image")
                continue
            }
            #expect(tool.parameters == #"{"a":1}"#)
            #expect(
                image
                    == .url(EscapedText("https://a/b.png"), mediaType: EscapedText("image/png")))
            #expect(!request.extras.members.contains { !$0.isCovered })
        }
    }

    @Test("the subset of OpenAPI becomes JSON Schema")
    func schemas() throws {
        let request = try GenerateContentFormat.request(
            from: """
                {"contents":[],"tools":{"function_declarations":[{"name":"f","parameters":
                {"type":"OBJECT","propertyOrdering":["type"],"required":["type"],"properties":{
                "type":{"type":"STRING","nullable":true,"enum":["A"]},
                "list":{"type":"ARRAY","minItems":"2","items":{"any_of":[{"type":"INTEGER"}]}}
                }}}]}}
                """)
        guard case .function(let tool) = request.tools.first?.kind else {
            Issue.record("no tool")
            return
        }
        let wanted: Bytes = """
            {"type":"object","required":["type"],"properties":{
            "type":{"type":["string","null"],"enum":["A"]},
            "list":{"type":"array","minItems":2,"items":{"anyOf":[{"type":"integer"}]}}}}
            """
        let schema = try #require(tool.parameters)
        #expect(GoldenJSON(wanted).difference(from: GoldenJSON(schema)) == nil)
    }

    @Test("a request of Anthropic's becomes one of Gemini's")
    func fromMessages() throws {
        var request = try MessagesFormat.request(
            from: """
                {"model":"m","max_tokens":100,"system":"Be brief.","temperature":0.5,
                "stop_sequences":["END"],"thinking":{"type":"enabled","budget_tokens":2000},
                "tools":[{"name":"f",
                "input_schema":{"type":"object","additionalProperties":false}}],
                "tool_choice":{"type":"tool","name":"f"},"metadata":{"user_id":"u"},
                "messages":[{"role":"user","content":[{"type":"text","text":"Look"},
                {"type":"image",
                "source":{"type":"base64","media_type":"image/png","data":"AA=="}}]},
                {"role":"assistant","content":[
                {"type":"tool_use","id":"t1","name":"f","input":{"a":1}},
                {"type":"tool_use","id":"t2","name":"f","input":{}}]},
                {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"t1","content":"fine"},
                {"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"no"}],
                "is_error":true}]}]}
                """)
        let wanted: Bytes = """
            {"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[
            {"role":"user","parts":[{"text":"Look"},
            {"inlineData":{"mimeType":"image/png","data":"AA=="}}]},
            {"role":"model","parts":[
            {"functionCall":{"id":"t1","name":"f","args":{"a":1}}},
            {"functionCall":{"id":"t2","name":"f","args":{}}}]},
            {"role":"user","parts":[
            {"functionResponse":{"id":"t1","name":"f","response":{"result":"fine"}}},
            {"functionResponse":{"id":"t2","name":"f","response":{"error":"no"}}}]}],
            "tools":[{"functionDeclarations":[{"name":"f",
            "parametersJsonSchema":{"type":"object","additionalProperties":false}}]}],
            "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
            "generationConfig":{"maxOutputTokens":100,"temperature":0.5,"stopSequences":["END"],
            "thinkingConfig":{"thinkingBudget":2000,"includeThoughts":true}}}
            """
        let found = try written(request)
        #expect(GoldenJSON(wanted).difference(from: found.body) == nil)
        #expect(found.dropped == ["metadata.user_id"])
        request.user = nil
        let third = try written(request, model: "gemini-3-pro") { $0.thinking = .effort }
        let signature = third.body["contents"]?.elements[1]["parts"]?.elements[0]
        #expect(signature?["thoughtSignature"] != nil)
        let level = third.body["generationConfig"]?["thinkingConfig"]?["thinkingLevel"]
        #expect(level?.string == "medium")
    }

    @Test("a request of Gemini's becomes one of Anthropic's, ids made up and kept to")
    func toMessages() throws {
        let request = try GenerateContentFormat.request(
            from: """
                {"contents":[{"parts":[{"text":"Weather?"}]},
                {"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}},
                {"functionCall":{"name":"g"}}]},
                {"role":"user","parts":[
                {"functionResponse":{"name":"g","response":{"output":"dry"}}},
                {"functionResponse":{"name":"f","response":{"a":1,"b":2}}}]}],
                "safetySettings":[{"category":"X"}],"generationConfig":{"speechConfig":{}}}
                """)
        var notes = TranslationNotes()
        let target = TargetTraits(model: EscapedText("claude-x"))
        let body = try MessagesFormat.body(of: request, for: target, notes: &notes)
        let wanted: Bytes = """
            {"model":"claude-x","max_tokens":4096,"messages":[
            {"role":"user","content":[{"type":"text","text":"Weather?"}]},
            {"role":"assistant","content":[
            {"type":"tool_use","id":"call_00000000","name":"f","input":{"a":1}},
            {"type":"tool_use","id":"call_00000001","name":"g","input":{}}]},
            {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"call_00000001","content":"dry"},
            {"type":"tool_result","tool_use_id":"call_00000000",
            "content":"{\\"a\\":1,\\"b\\":2}"}]}]}
            """
        #expect(GoldenJSON(wanted).difference(from: GoldenJSON(body)) == nil)
        #expect(
            notes.dropped.map(\.string).sorted() == [
                "generationConfig.speechConfig", "safetySettings",
            ])
    }

    @Test("a blocked prompt is an answer that the filter ended")
    func blocked() throws {
        let body: Bytes = """
            {"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},
            "usageMetadata":{"promptTokenCount":7,"totalTokenCount":7},"modelVersion":"m"}
            """
        let answer = try GenerateContentFormat.answer(from: body)
        #expect(answer.choices.first?.finish?.reason == .contentFilter)
        let caller = CallerTraits(model: EscapedText("m"), now: 0, exchangeID: "x")
        let again = GenerateContentFormat.body(of: answer, for: caller)
        #expect(GoldenJSON(body).difference(from: GoldenJSON(again)) == nil)
        let other = GoldenJSON(MessagesFormat.body(of: answer, for: caller))
        #expect(other["stop_reason"]?.string == "refusal")
        var decoder = GenerateContentStreamDecoder()
        let frames = try decoder.frames(of: body, name: Bytes().span)
        #expect(
            frames.flatMap(\.events).contains { event in
                if case .finish(let finish) = event {
                    finish.reason == .contentFilter
                } else {
                    false
                }
            })
    }

    @Test("thoughts are output, and what server tools read is input")
    func usage() throws {
        let answer = try GenerateContentFormat.answer(
            from: """
                {"candidates":[],"usageMetadata":{"promptTokenCount":100,
                "toolUsePromptTokenCount":20,"candidatesTokenCount":30,"thoughtsTokenCount":5,
                "cachedContentTokenCount":40,"totalTokenCount":155,
                "promptTokensDetails":[{"modality":"AUDIO","tokenCount":12}]}}
                """)
        #expect(answer.usage?.inputTokens == 120)
        #expect(answer.usage?.outputTokens == 35)
        #expect(answer.usage?.reasoningTokens == 5)
        #expect(answer.usage?.cachedInputTokens == 40)
        #expect(answer.usage?.inputAudioTokens == 12)
        #expect(answer.usage?.billedOutputTokens == 35)
    }

    @Test("pieces of calls are gathered, as events or as an array", arguments: [false, true])
    func stream(isArray: Bool) throws {
        var caller = CallerTraits(model: EscapedText("m"), now: 0, exchangeID: "x1")
        caller.isArrayStream = isArray
        var encoder = GenerateContentStreamEncoder(for: caller)
        var writer = ByteWriter()
        var frame = StreamFrame()
        frame.events = [
            .start(AnswerHead()), .reasoning(EscapedText("hm")), .text(EscapedText("Hi")),
            .toolCall(index: 0, id: EscapedText("c1"), name: EscapedText("f")),
            .toolArguments(index: 0, EscapedText("{\n\"a\"")),
            .toolCall(index: 1, id: EscapedText("c2"), name: EscapedText("g")),
            .toolArguments(index: 0, EscapedText(":1}")), .finish(Finish(.toolCalls)),
            .usage(Usage(inputTokens: 5, outputTokens: 2)),
        ]
        encoder.append(frame, to: &writer)
        encoder.finish(&writer)
        let bytes = writer.finish()
        #expect(bytes.span.hasPrefix("[") == isArray)
        let events = GoldenEvent.events(of: bytes, format: .generateContent)
            .map { GoldenJSON($0.data) }
        #expect(events.count == 5)
        let parts = events.compactMap { event in
            event["candidates"]?.elements.first?["content"]?["parts"]?.elements.first
        }
        #expect(
            parts.map { $0.members.first?.name } == [
                "text", "text", "functionCall", "functionCall",
            ])
        #expect(parts[0]["thought"]?.bool == true)
        #expect(parts[2]["functionCall"]?["args"]?.text == #"{"a":1}"#)
        #expect(parts[3]["functionCall"]?["args"]?.text == "{}")
        #expect(events[4]["candidates"]?.elements[0]["finishReason"]?.string == "STOP")
        #expect(events[4]["usageMetadata"]?["totalTokenCount"]?.int == 7)
    }

    @Test("an array stream that fails holds the error and is whole JSON")
    func failedArray() throws {
        var caller = CallerTraits(model: EscapedText("m"), now: 0, exchangeID: "x1")
        caller.isArrayStream = true
        var encoder = GenerateContentStreamEncoder(for: caller)
        var writer = ByteWriter()
        var frame = StreamFrame()
        frame.events = [.text(EscapedText("Hi"))]
        encoder.append(frame, to: &writer)
        encoder.fail(ErrorBody(status: 502, message: "gone"), &writer)
        encoder.finish(&writer)
        let list = GoldenJSON(writer.finish()).elements
        #expect(list.count == 2)
        #expect(list.last?["error"]?["message"]?.string == "gone")
    }

    @Test(
        "finish reasons are told apart",
        arguments: [
            ("STOP", 0), ("MAX_TOKENS", 2), ("SAFETY", 4), ("IMAGE_SAFETY", 4),
            ("MALFORMED_FUNCTION_CALL", 7), ("UNEXPECTED_TOOL_CALL", 7), ("NEW_ONE", 8),
        ])
    func finishes(word: String, reason: UInt8) throws {
        let body = #"{"candidates":[{"content":{"parts":[]},"finishReason":"\#(word)"}]}"#
        let answer = try GenerateContentFormat.answer(from: Bytes(body))
        #expect(answer.choices.first?.finish?.reason.rawValue == reason)
        #expect(answer.choices.first?.finish?.word == EscapedText(word))
    }

    @Test("a delay and a used-up day are read from the details of an error")
    func errorDetails() {
        let body = """
            [{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED",
            "details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
            {"quotaId":"GenerateRequestsPerDayPerProject"}]},
            {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"48.5s"}]}}]
            """
        let daily = GenerateContentFormat.error(from: Bytes(body), status: 429)
        #expect(daily.kind == .quotaExhausted)
        #expect(daily.retryAfter == .milliseconds(48_500))
        #expect(daily.message == "Quota exceeded")
        #expect(daily.code == "RESOURCE_EXHAUSTED")
        let minute = body.replacing("PerDay", with: "PerMinute")
        #expect(
            GenerateContentFormat.error(from: Bytes(minute), status: 429).kind == .rateLimited)
    }

    @Test(
        "an error is of the closed kind that its status says",
        arguments: [
            (400, "INVALID_ARGUMENT", "API key not valid.", 5),
            (400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum", 1),
            (400, "INVALID_ARGUMENT", "Bad", 0), (403, "PERMISSION_DENIED", "no", 6),
            (404, "NOT_FOUND", "no", 3), (503, "UNAVAILABLE", "busy", 10),
            (504, "DEADLINE_EXCEEDED", "late", 11), (500, "INTERNAL", "oops", 12),
            (401, "UNAUTHENTICATED", "who", 5), (400, "FAILED_PRECONDITION", "enable billing", 7),
        ])
    func errors(status: Int, name: String, message: String, kind: UInt8) {
        let body =
            #"{"error":{"code":\#(status),"message":"\#(message)","status":"\#(name)"}}"#
        let error = GenerateContentFormat.error(from: Bytes(body), status: status)
        #expect(error.kind.rawValue == kind)
        #expect(error.message.string == message)
    }

    @Test("a request for a count names its model, and is read as well")
    func counting() throws {
        var notes = TranslationNotes()
        let request = try MessagesFormat.request(
            from: #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#)
        let target = TargetTraits(model: EscapedText("gemini-2.5-flash"))
        let body = try GenerateContentFormat.countBody(of: request, for: target, notes: &notes)
        let inner = try #require(GoldenJSON(body)["generateContentRequest"])
        #expect(inner["model"]?.string == "models/gemini-2.5-flash")
        #expect(try GenerateContentFormat.request(from: body).messages.count == 1)
        let answer = GenerateContentFormat.countAnswer(31)
        #expect(try GenerateContentFormat.count(from: answer) == 31)
    }
}
