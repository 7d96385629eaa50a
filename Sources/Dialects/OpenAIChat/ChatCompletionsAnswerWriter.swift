// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a whole chat completion.
struct ChatCompletionsAnswerWriter: ~Copyable {
    private let caller: CallerTraits
    private let isOwn: Bool
    private var json: JSONWriter

    init(_ answer: borrowing ChatAnswer, _ caller: CallerTraits) {
        self.caller = caller
        isOwn = answer.extras.origin == .chatCompletions
        json = JSONWriter(capacity: 1024)
    }

    consuming func write(_ answer: ChatAnswer) -> Bytes {
        json.beginObject()
        if !isOwn || answer.head.id != nil {
            json.key("id")
            json.completionID(answer.head.id, caller)
        }
        if !isOwn { json.member("object", "chat.completion") }
        if let created = answer.head.created ?? (isOwn ? nil : caller.now) {
            json.member("created", created)
        }
        if let model = answer.head.model ?? (isOwn ? nil : caller.model) {
            json.member("model", model)
        }
        json.key("choices")
        json.beginArray()
        for choice in answer.choices { write(choice) }
        json.endArray()
        writeUsage(of: answer)
        writeHead(of: answer)
        if isOwn { json.members(answer.extras) }
        json.endObject()
        return json.finish()
    }

    private mutating func writeUsage(of answer: ChatAnswer) {
        if isOwn, let raw = answer.rawUsage {
            json.member("usage", raw: raw)
        } else if let usage = answer.usage {
            json.key("usage")
            json.completionsUsage(usage)
        }
    }

    private mutating func writeHead(of answer: ChatAnswer) {
        if let tier = answer.head.serviceTier, isOwn || tier.isOpenAITier {
            json.member("service_tier", tier)
        }
        if let text = answer.head.fingerprint { json.member("system_fingerprint", text) }
    }

    private mutating func write(_ choice: AnswerChoice) {
        json.beginObject()
        json.member("index", choice.index)
        // Azure's filters leave a choice without a message.
        if !isOwn || !choice.parts.isEmpty || !choice.messageExtras.isEmpty {
            json.key("message")
            writeMessage(choice)
        }
        if let finish = choice.finish {
            json.key("finish_reason")
            if isOwn, let word = finish.word {
                json.string(word)
            } else {
                json.string(finish.reason.completionsWord(hasCalls: choice.hasCalls))
            }
        } else if !isOwn {
            json.member("finish_reason", "stop")
        }
        if isOwn {
            if let logprobs = choice.logprobs { json.member("logprobs", raw: logprobs) }
            json.members(choice.extras)
        } else if let logprobs = choice.logprobs.flatMap(TokenOdds.completions) {
            json.member("logprobs", raw: logprobs)
        } else {
            json.key("logprobs")
            json.null()
        }
        json.endObject()
    }

    private mutating func writeCitations(_ parts: [ContentPart]) {
        let citations = Citation.all(in: parts)
        guard !citations.isEmpty else { return }
        json.key("annotations")
        json.beginArray()
        for citation in citations { citation.writeCompletions(&json) }
        json.endArray()
    }

    private mutating func writeMessage(_ choice: AnswerChoice) {
        json.beginObject()
        if !isOwn { json.member("role", "assistant") }
        writeContent(choice)
        writeThoughts(choice)
        writeRefusal(choice)
        if !isOwn {
            json.images(choice.parts)
            writeCitations(choice.parts)
        }
        writeCalls(choice)
        if isOwn { json.members(choice.messageExtras) }
        json.endObject()
    }

    /// One text, whatever the number of parts; null when there is none.
    private mutating func writeContent(_ choice: AnswerChoice) {
        if isOwn, choice.messageExtras["content"] != nil { return }
        var text: EscapedText?
        for part in choice.parts {
            if case .text(let piece) = part.kind { text = (text ?? EscapedText()) + piece }
        }
        if let text {
            json.member("content", text)
        } else if !isOwn {
            json.key("content")
            json.null()
        }
    }

    private mutating func writeRefusal(_ choice: AnswerChoice) {
        var refusal: EscapedText?
        for part in choice.parts {
            if case .refusal(let piece) = part.kind {
                refusal = (refusal ?? EscapedText()) + piece
            }
        }
        if let refusal {
            json.member("refusal", refusal)
        } else if !isOwn {
            json.key("refusal")
            json.null()
        }
    }

    private mutating func writeThoughts(_ choice: AnswerChoice) {
        var text = EscapedText()
        var isDetailed = false
        for part in choice.parts {
            guard case .reasoning(let thought) = part.kind else { continue }
            if isOwn {
                if part.extras.whole(in: .chatCompletions) == nil { json.members(part.extras) }
                continue
            }
            text = text + (thought.text ?? EscapedText())
            if thought.origin != nil { isDetailed = true }
        }
        if !text.isEmpty { json.member("reasoning_content", text) }
        guard isDetailed else { return }
        json.key("reasoning_details")
        json.beginArray()
        var index = 0
        for part in choice.parts {
            guard case .reasoning(let thought) = part.kind else { continue }
            ThoughtSpelling.write(thought, index: index, to: &json)
            index += 1
        }
        json.endArray()
    }

    private mutating func writeCalls(_ choice: AnswerChoice) {
        guard choice.hasCalls || isOwn && choice.parts.contains(where: \.isForeignCall) else {
            return
        }
        json.key("tool_calls")
        json.beginArray()
        var number = 0
        for part in choice.parts {
            if case .toolCall(let call) = part.kind {
                let made = isOwn ? nil : caller.callID(number: number)
                ToolCallSpelling.write(call, part.extras, id: call.id ?? made, to: &json)
                number += 1
            } else if isOwn, part.isForeignCall, case .foreign(_, let whole) = part.kind {
                json.raw(whole)
            }
        }
        json.endArray()
    }
}

extension AnswerChoice {
    /// Whether the answer has tool calls, so that it ends for their sake whatever is said.
    var hasCalls: Bool {
        parts.contains { part in
            if case .toolCall = part.kind { true } else { false }
        }
    }
}

extension ContentPart {
    /// Whether this is a call of a kind that only its origin knows, and no part of the content.
    fileprivate var isForeignCall: Bool {
        guard case .foreign = kind else { return false }
        return extras.origin == nil
    }
}

extension EscapedText {
    /// Whether OpenAI's clients know this service tier.
    var isOpenAITier: Bool {
        equals("auto") || equals("default") || equals("flex") || equals("priority")
            || equals("scale")
    }
}

extension CallerTraits {
    /// An id for a call that its provider gave none; the same number makes the same id.
    func callID(number: Int) -> EscapedText {
        var writer = ByteWriter(capacity: exchangeID.count + 12)
        writer.append("call_")
        writer.append(exchangeID)
        writer.append("_")
        writer.append(decimal: number)
        return EscapedText(escaping: writer.finish().span)
    }
}

extension JSONWriter {
    /// The origin's id, or one made for the exchange.
    mutating func completionID(_ id: EscapedText?, _ caller: CallerTraits) {
        if let id {
            string(id)
            return
        }
        var writer = ByteWriter(capacity: caller.exchangeID.count + 9)
        writer.append("chatcmpl-")
        writer.append(caller.exchangeID)
        string(writer.finish())
    }

    /// A usage object in the words of chat completions.
    mutating func completionsUsage(_ usage: Usage) {
        beginObject()
        member("prompt_tokens", usage.inputTokens)
        member("completion_tokens", usage.billedOutputTokens)
        member("total_tokens", usage.totalTokens ?? usage.inputTokens + usage.outputTokens)
        if usage.cachedInputTokens != nil || usage.inputAudioTokens != nil
            || usage.cacheWriteTokens != nil
        {
            key("prompt_tokens_details")
            beginObject()
            if let count = usage.cachedInputTokens { member("cached_tokens", count) }
            if let count = usage.cacheWriteTokens { member("cache_write_tokens", count) }
            if let count = usage.inputAudioTokens { member("audio_tokens", count) }
            endObject()
        }
        if usage.reasoningTokens != nil || usage.outputAudioTokens != nil {
            key("completion_tokens_details")
            beginObject()
            if let count = usage.reasoningTokens { member("reasoning_tokens", count) }
            if let count = usage.outputAudioTokens { member("audio_tokens", count) }
            endObject()
        }
        endObject()
    }
}
