// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a whole answer of Cohere's; every member is kept for Cohere itself.
enum CohereAnswerReader {
    static func read(_ bytes: Bytes) throws(ProviderError) -> ChatAnswer {
        do throws(JSONFault) { _ = try JSONScanner.validate(bytes.span) } catch {
            throw .malformed(error)
        }
        do throws(RequestFault) { return try answer(ChatBody(bytes)) } catch {
            throw .malformed(error.message)
        }
    }

    private static func answer(_ body: ChatBody) throws(RequestFault) -> ChatAnswer {
        var answer = ChatAnswer()
        answer.extras = Extras(origin: .cohereChat)
        var choice = AnswerChoice()
        var hasMessage = false
        var members = JSONMembers(in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "message"), member.value.kind == .object {
                choice.parts = try CohereMessageReader(body: body).message(member.value).parts
                hasMessage = true
            } else if body.isNamed(member, "id") {
                answer.head.id = EscapedText(member.value, in: body.bytes)
            } else if body.isNamed(member, "finish_reason") {
                choice.finish = EscapedText(member.value, in: body.bytes).map(CohereFinish.finish)
            } else if body.isNamed(member, "usage") {
                answer.usage = CohereUsage.read(member.value, in: body)
            } else if body.isNamed(member, "logprobs"), member.value.kind == .array {
                choice.logprobs = body.raw(member.value)
            }
            body.keep(member, in: &answer.extras, isCovered: true)
        }
        guard hasMessage else { throw .missing("message") }
        answer.choices = [choice]
        return answer
    }
}

/// Writes a whole answer for a caller of Cohere's chat.
enum CohereAnswerWriter {
    static func write(_ answer: ChatAnswer, _ caller: CallerTraits) -> Bytes {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        if answer.extras.origin == .cohereChat {
            json.members(answer.extras)
            json.endObject()
            return json.finish()
        }
        json.key("id")
        if let id = answer.head.id { json.string(id) } else { json.string(caller.exchangeID) }
        // The format has room for one answer only.
        let choice = answer.choices.first
        json.key("message")
        json.beginObject()
        json.member("role", "assistant")
        let hasCalls = write(choice?.parts ?? [], into: &json)
        json.endObject()
        json.member("finish_reason", CohereFinish.word(choice?.finish, hasCalls: hasCalls))
        CohereUsage.write(answer.usage, into: &json)
        json.endObject()
        return json.finish()
    }

    /// Returns whether there were calls.
    private static func write(_ parts: [ContentPart], into json: inout JSONWriter) -> Bool {
        var calls: [ToolCall] = []
        for case .toolCall(let call) in parts.lazy.map(\.kind) { calls.append(call) }
        json.key("content")
        json.beginArray()
        for part in parts { write(part, into: &json) }
        json.endArray()
        guard !calls.isEmpty else { return false }
        var ledger = ToolCallLedger()
        json.key("tool_calls")
        json.beginArray()
        for call in calls { json.cohereCall(call, id: ledger.id(of: call)) }
        json.endArray()
        return true
    }

    private static func write(_ part: ContentPart, into json: inout JSONWriter) {
        switch part.kind {
        case .reasoning(let thought):
            guard let text = thought.text else { return }
            json.beginObject()
            json.member("type", "thinking")
            json.member("thinking", text)
            json.endObject()
        case .text, .refusal, .image, .audio, .video, .file:
            var said = part.markdown
            if case .text(let text) = part.kind { said = text }
            if case .refusal(let text) = part.kind { said = text }
            guard let said, !said.isEmpty else { return }
            json.beginObject()
            json.member("type", "text")
            json.member("text", said)
            json.endObject()
        case .toolCall, .toolResult, .foreign: return
        }
    }
}
