// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Testing

/// A body and the fault expected of it.
struct BadRequest: Sendable, CustomTestStringConvertible {
    var operation = Dialects.Operation.chatCompletions
    let body: String
    let kind: RequestFault.Kind
    let param: String?
    let message: String

    init(
        _ body: String, _ kind: RequestFault.Kind, _ param: String?, _ message: String,
        _ operation: Dialects.Operation = .chatCompletions
    ) {
        self.operation = operation
        self.body = body
        self.kind = kind
        self.param = param
        self.message = message
    }

    var testDescription: String { body }
}

@Suite struct InferenceRequestTests {
    static let messages = #""messages":[{"role":"user","content":"hi"}]"#

    @Test("what is acted upon is read, in any order and spelling")
    func values() throws {
        let body: Bytes = """
            { "n" : 2, "messages" : [ {"content":[{"type":"text","text":"model"}],"role":"user"},
            {"role":"assistant","content":null}], "user":"\\u00e9", "mod\\u0065l" : "gpt\\/4",
            "stream":true, "stream_options":{"x":1,"include_usage":true}, "max_tokens":10.0,
            "unknown":{"model":"no","stream":false} }
            """
        let request = try InferenceRequest(body: body, operation: .chatCompletions)
        #expect(request.model == "gpt/4")
        #expect(body[request.modelRange] == "\"gpt\\/4\"")
        #expect(request.isStreaming && request.includesUsage && !request.needsUsageAsked)
        #expect(request.maxOutputTokens == 10 && request.choiceCount == 2)
        #expect(request.user == "\u{E9}" && request.messageCount == 2)
        let input = body[request.inputRange].string
        #expect(input.hasPrefix("[ {\"content") && input.hasSuffix("null}]"))
    }

    @Test("what is left out or null has its default")
    func defaults() throws {
        for extra in [
            "", #","stream":null,"n":null,"user":null,"max_tokens":null,"stream_options":null"#,
        ] {
            let body = Bytes("{\"model\":\"m\",\(Self.messages)\(extra)}")
            let request = try InferenceRequest(body: body, operation: .chatCompletions)
            #expect(!request.isStreaming && !request.includesUsage)
            #expect(request.choiceCount == 1 && request.maxOutputTokens == nil)
            #expect(request.user == nil && request.messageCount == 1)
        }
    }

    @Test("the newer bound on output goes before the older")
    func outputBounds() throws {
        let body = Bytes(
            "{\"model\":\"m\",\(Self.messages),\"max_tokens\":5,\"max_completion_tokens\":7}")
        #expect(try InferenceRequest(body: body, operation: .chatCompletions).maxOutputTokens == 7)
    }

    @Test("prompts and inputs are strings or arrays")
    func otherOperations() throws {
        for value in [#""text""#, #"["a","b"]"#, "[[1,2],[3]]", "[1]"] {
            let completion = try InferenceRequest(
                body: Bytes(#"{"model":"m","prompt":\#(value)}"#), operation: .completions)
            #expect(completion.body[completion.inputRange].string == value)
            let embedding = try InferenceRequest(
                body: Bytes(#"{"input":\#(value),"model":"m"}"#), operation: .embeddings)
            #expect(embedding.body[embedding.inputRange].string == value)
        }
    }

    @Test(
        "wrong bodies are refused with the path of what is wrong",
        arguments: [
            BadRequest(
                "", .malformedJSON, nil,
                "The body is not valid JSON: there is no value at byte 0."),
            BadRequest(
                #"{"model":"m","messages":[{"role":"user","content":"\x"}]}"#, .malformedJSON,
                "messages[0].content",
                "The body is not valid JSON: the escape sequence is malformed at byte 51 "
                    + "(in messages[0].content)."
            ),
            BadRequest("[]", .wrongType, "The body", "The body must be an object, not an array."),
            BadRequest("null", .wrongType, "The body", "The body must be an object, not null."),
            BadRequest("{}", .missingField, "model", "model is missing."),
            BadRequest(#"{"model":"m"}"#, .missingField, "messages", "messages is missing."),
            BadRequest(
                "{\"model\":5,\(messages)}", .wrongType, "model",
                "model must be a string, not a number."),
            BadRequest(
                "{\"model\":null,\(messages)}", .wrongType, "model",
                "model must be a string, not null."),
            BadRequest(
                "{\"model\":\"\",\(messages)}", .invalidValue, "model", "model must not be empty."),
            BadRequest(
                #"{"model":"m","messages":{}}"#, .wrongType, "messages",
                "messages must be an array, not an object."),
            BadRequest(
                #"{"model":"m","messages":null}"#, .wrongType, "messages",
                "messages must be an array, not null."),
            BadRequest(
                #"{"model":"m","messages":[]}"#, .invalidValue, "messages",
                "messages must not be empty."),
            BadRequest(
                #"{"model":"m","messages":["x"]}"#, .wrongType, "messages[0]",
                "messages[0] must be an object, not a string."),
            BadRequest(
                #"{"model":"m","messages":[{"role":"a"},{"role":"b"},{"role":"c"},{"role":7},{}]}"#,
                .wrongType, "messages[3].role", "messages[3].role must be a string, not a number."),
            BadRequest(
                #"{"model":"m","messages":[{"content":"x"}]}"#, .missingField, "messages[0].role",
                "messages[0].role is missing."),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"stream\":\"true\"}", .wrongType, "stream",
                "stream must be a boolean, not a string."),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"stream_options\":[]}", .wrongType, "stream_options",
                "stream_options must be an object, not an array."),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"stream_options\":{\"include_usage\":1}}",
                .wrongType,
                "stream_options.include_usage",
                "stream_options.include_usage must be a boolean, not a number."),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"max_tokens\":\"9\"}", .wrongType, "max_tokens",
                "max_tokens must be an integer, not a string."),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"max_tokens\":1.5}", .invalidValue, "max_tokens",
                "max_tokens must be an integer."),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"max_completion_tokens\":-1}", .invalidValue,
                "max_completion_tokens", "max_completion_tokens must not be negative."),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"n\":0}", .invalidValue, "n", "n must be at least 1."
            ),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"n\":true}", .wrongType, "n",
                "n must be an integer, not a boolean."),
            BadRequest(
                "{\"model\":\"m\",\(messages),\"user\":{}}", .wrongType, "user",
                "user must be a string, not an object."),
            BadRequest(
                #"{"model":"m"}"#, .missingField, "prompt", "prompt is missing.", .completions),
            BadRequest(
                #"{"model":"m","input":5}"#, .wrongType, "input",
                "input must be a string or an array, not a number.", .embeddings),
            BadRequest(
                "{\"model\":5,\(messages),}", .malformedJSON, nil,
                "The body is not valid JSON: "
                    + "a member name in double quotes was expected at byte 55."
            ),
        ])
    func faults(bad: BadRequest) throws {
        let fault = #expect(throws: RequestFault.self) {
            _ = try InferenceRequest(body: Bytes(bad.body), operation: bad.operation)
        }
        #expect(fault?.kind == bad.kind)
        #expect(fault?.param?.string == bad.param)
        #expect(fault?.message.string == bad.message)
    }

    @Test("a fault is a 400 in OpenAI's form")
    func faultBody() {
        let fault = #expect(throws: RequestFault.self) {
            _ = try InferenceRequest(body: #"{"model":"m"}"#, operation: .chatCompletions)
        }
        #expect(fault?.errorBody.status == 400)
        let expected =
            #"{"error":{"message":"messages is missing.","type":"invalid_request_error","#
            + #""param":"messages","code":"missing_required_parameter"}}"#
        #expect(fault?.errorBody.encoded(for: .openAI).string == expected)
    }

    @Test(
        "every recorded request is accepted and read as Foundation reads it",
        arguments: Recording.all)
    func recorded(recording: Recording) throws {
        guard let object = foundationObject(recording.request),
            let model = object["model"] as? String
        else { return }
        let request = try InferenceRequest(body: recording.request, operation: recording.operation)
        #expect(request.model.string == model)
        #expect(request.isStreaming == (object["stream"] as? Bool ?? false))
        let options = object["stream_options"] as? [String: Any]
        #expect(request.includesUsage == (options?["include_usage"] as? Bool ?? false))
        let bound = object["max_completion_tokens"] as? Int ?? object["max_tokens"] as? Int
        #expect(request.maxOutputTokens == bound)
        #expect(request.messageCount == (object["messages"] as? [Any] ?? []).count)
    }

    @Test("a body cut anywhere is malformed")
    func truncated() {
        let body = Bytes("{\"model\":\"m\",\(Self.messages),\"stream\":true}")
        for length in 0..<body.count {
            let fault = #expect(throws: RequestFault.self) {
                _ = try InferenceRequest(body: body[0..<length], operation: .chatCompletions)
            }
            #expect(fault?.kind == .malformedJSON)
        }
    }
}

extension Recording {
    var operation: Dialects.Operation {
        switch api {
        case "completions": .completions
        case "embeddings": .embeddings
        default: .chatCompletions
        }
    }
}
