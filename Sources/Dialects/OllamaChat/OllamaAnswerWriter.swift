// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a whole answer for a caller of Ollama's chat.
enum OllamaAnswerWriter {
    static func write(_ answer: ChatAnswer, _ caller: CallerTraits) -> Bytes {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        if answer.extras.origin == .ollamaChat {
            json.members(answer.extras)
            json.endObject()
            return json.finish()
        }
        json.ollamaHead(answer.head, caller)
        // The format has room for one answer only.
        let choice = answer.choices.first
        json.key("message")
        json.beginObject()
        json.member("role", "assistant")
        writeContent(choice?.parts ?? [], into: &json)
        json.endObject()
        json.ollamaEnd(choice?.finish, answer.usage)
        json.endObject()
        return json.finish()
    }

    private static func writeContent(_ parts: [ContentPart], into json: inout JSONWriter) {
        var text = EscapedText()
        var thought = EscapedText()
        var calls: [ToolCall] = []
        for part in parts {
            switch part.kind {
            case .text(let more), .refusal(let more): text = text + more
            case .reasoning(let more): thought = thought + (more.text ?? EscapedText())
            case .toolCall(let call): calls.append(call)
            default: if let link = part.markdown { text = text.joinedByLine(link) }
            }
        }
        json.member("content", text)
        if !thought.isEmpty { json.member("thinking", thought) }
        if !calls.isEmpty { OllamaCalls.write(calls, into: &json) }
    }
}

extension JSONWriter {
    /// The members that begin every object of an answer.
    mutating func ollamaHead(_ head: AnswerHead, _ caller: CallerTraits) {
        member("model", head.model ?? caller.model)
        var time = ByteWriter(capacity: 32)
        time.append(
            rfc3339: Timestamp(
                nanoseconds: Int64(clamping: head.created ?? caller.now) &* 1_000_000_000))
        key("created_at")
        string(time.finish())
    }

    /// The members that end an answer; durations are not known here.
    mutating func ollamaEnd(_ finish: Finish?, _ usage: Usage?) {
        key("done")
        bool(true)
        member("done_reason", finish?.reason == .length ? "length" : "stop")
        guard let usage else { return }
        member("prompt_eval_count", usage.inputTokens)
        member("eval_count", usage.billedOutputTokens)
    }
}
