// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a whole answer of Ollama's; every member is kept for Ollama itself.
enum OllamaAnswerReader {
    static func read(_ bytes: Bytes) throws(ProviderError) -> ChatAnswer {
        do throws(JSONFault) { _ = try JSONScanner.validate(bytes.span) } catch {
            throw .malformed(error)
        }
        do throws(RequestFault) { return try answer(ChatBody(bytes)) } catch {
            throw .malformed(error.message)
        }
    }

    private static func answer(_ body: ChatBody) throws(RequestFault) -> ChatAnswer {
        let facts = try OllamaFacts(body)
        guard let message = facts.message else { throw .missing("message") }
        var answer = ChatAnswer()
        answer.extras = facts.extras
        answer.head.model = facts.model
        answer.usage = facts.usage
        var choice = AnswerChoice()
        if let thought = message.thought, !thought.isEmpty {
            choice.parts.append(ContentPart(.reasoning(Thought(text: thought))))
        }
        if let text = message.text, !text.isEmpty || message.calls.isEmpty {
            choice.parts.append(ContentPart(.text(text)))
        }
        choice.parts += message.calls.map { ContentPart(.toolCall($0)) }
        choice.finish = facts.finish(hasCalls: !message.calls.isEmpty)
        choice.logprobs = facts.logprobs
        answer.choices = [choice]
        return answer
    }
}

/// What one object of Ollama's says: a whole answer, or a line of a stream.
struct OllamaFacts {
    /// The message in it.
    struct Message {
        var text: EscapedText?
        var thought: EscapedText?
        var calls: [ToolCall] = []
    }

    private(set) var model: EscapedText?
    private(set) var message: Message?
    private(set) var isDone = false
    private(set) var error: EscapedText?
    private(set) var logprobs: Bytes?
    private(set) var extras = Extras(origin: .ollamaChat)
    private var reason: EscapedText?
    private var counts = Usage()
    private var hasCounts = false

    init(_ body: ChatBody) throws(RequestFault) {
        var members = JSONMembers(in: body.bytes.span)
        while let member = members.next() {
            try read(member, body)
            body.keep(member, in: &extras, isCovered: true)
        }
    }

    /// The tokens, if the object tells any.
    var usage: Usage? { hasCounts ? counts : nil }

    private mutating func read(
        _ member: JSONMember, _ body: ChatBody
    ) throws(RequestFault) {
        let span = body.bytes.span
        if body.isNamed(member, "message"), member.value.kind == .object {
            message = try Self.message(member.value, body)
        } else if body.isNamed(member, "model") {
            model = EscapedText(member.value, in: body.bytes)
        } else if body.isNamed(member, "done") {
            isDone = member.value.bool(in: span) ?? false
        } else if body.isNamed(member, "done_reason") {
            reason = EscapedText(member.value, in: body.bytes)
        } else if body.isNamed(member, "prompt_eval_count") {
            counts.inputTokens = max(0, member.value.int(in: span) ?? 0)
            hasCounts = true
        } else if body.isNamed(member, "eval_count") {
            counts.outputTokens = max(0, member.value.int(in: span) ?? 0)
            hasCounts = true
        } else if body.isNamed(member, "logprobs"), member.value.kind == .array {
            logprobs = body.raw(member.value)
        } else if body.isNamed(member, "error") {
            error = EscapedText(member.value, in: body.bytes)
        }
    }

    private static func message(
        _ value: JSONSlice, _ body: ChatBody
    ) throws(RequestFault) -> Message {
        var message = Message()
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "content") {
                message.text = EscapedText(member.value, in: body.bytes)
            } else if body.isNamed(member, "thinking") {
                message.thought = EscapedText(member.value, in: body.bytes)
            } else if body.isNamed(member, "tool_calls"), member.value.kind == .array {
                message.calls = try OllamaCalls.read(member.value, body)
            }
        }
        return message
    }

    /// Why the answer ended; an answer with calls says `stop` too.
    func finish(hasCalls: Bool) -> Finish? {
        guard isDone || reason != nil else { return nil }
        guard let reason else { return Finish(hasCalls ? .toolCalls : .stop) }
        if reason.equals("length") { return Finish(.length, word: reason) }
        if reason.equals("stop") { return Finish(hasCalls ? .toolCalls : .stop, word: reason) }
        return Finish(.other, word: reason)
    }
}
