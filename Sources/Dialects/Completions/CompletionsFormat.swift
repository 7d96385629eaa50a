// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// OpenAI's older `POST /v1/completions`, for callers: a prompt becomes a chat of one message.
public enum CompletionsFormat {
    /// Reads a caller's request; several prompts, or prompts in tokens, no chat can express.
    public static func request(from body: Bytes) throws(RequestFault) -> ChatRequest {
        let whole = ChatBody(body)
        let root = JSONSlice(kind: .object, range: 0..<body.count)
        guard let prompt = whole.member("prompt", of: root) else { throw .missing("prompt") }
        let text = try self.text(of: prompt, whole)
        if let echo = whole.member("echo", of: root), echo.bool(in: body.span) == true {
            throw whole.invalid(echo, " cannot be expressed as a chat.")
        }
        // All other members mean the same in a chat; those of single providers are kept.
        var json = JSONWriter(capacity: body.count + 64)
        json.beginObject()
        var members = JSONMembers(in: body.span)
        while let member = members.next() {
            if whole.isNamed(member, "prompt") || whole.isNamed(member, "echo") { continue }
            // A number of alternatives here, a switch there.
            if whole.isNamed(member, "logprobs"), member.value.kind == .number {
                json.member("logprobs", true)
                json.member("top_logprobs", raw: whole.raw(member.value))
                continue
            }
            json.key(body.span.extracting(member.key.content))
            json.raw(whole.raw(member.value))
        }
        json.member("messages", raw: "[]")
        json.endObject()
        var request = try ChatCompletionsFormat.request(from: json.finish())
        var message = ChatMessage(role: .user, parts: [ContentPart(.text(text))])
        message.isPlain = true
        request.messages = [message]
        return request
    }

    private static func text(
        of prompt: JSONSlice, _ body: ChatBody
    ) throws(RequestFault) -> EscapedText {
        if prompt.kind == .string { return try body.text(prompt) }
        guard prompt.kind == .array else { throw body.wrongType(prompt, "a string or a list") }
        var elements = JSONElements(of: prompt, in: body.bytes.span)
        guard let first = elements.next(), first.kind == .string, elements.next() == nil else {
            throw body.invalid(prompt, " must be one text for the model's provider.")
        }
        return try body.text(first)
    }

    /// Writes a whole answer for a caller.
    public static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        writeHead(answer.head, caller, &json)
        json.key("choices")
        json.beginArray()
        for choice in answer.choices {
            var text = EscapedText()
            for part in choice.parts {
                if case .text(let piece) = part.kind { text = text + piece }
            }
            write(choice.index, text, choice.finish?.reason ?? .stop, &json)
        }
        json.endArray()
        if let usage = answer.usage {
            json.key("usage")
            json.completionsUsage(usage)
        }
        json.endObject()
        return json.finish()
    }

    static func writeHead(
        _ head: AnswerHead, _ caller: CallerTraits, _ json: inout JSONWriter
    ) {
        json.member("id", head.id ?? caller.itemID("cmpl-", 0))
        json.member("object", "text_completion")
        json.member("created", head.created ?? caller.now)
        json.member("model", head.model ?? caller.model)
    }

    static func write(
        _ index: Int, _ text: EscapedText, _ finish: FinishReason?, _ json: inout JSONWriter
    ) {
        json.beginObject()
        json.member("text", text)
        json.member("index", index)
        json.key("logprobs")
        json.null()
        json.key("finish_reason")
        switch finish {
        case nil: json.null()
        case .length: json.string("length" as StaticString)
        case .contentFilter, .refusal, .error: json.string("content_filter" as StaticString)
        default: json.string("stop" as StaticString)
        }
        json.endObject()
    }
}
