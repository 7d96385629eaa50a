// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes response objects: a whole answer, and the ones inside a stream's events.
struct ResponsesAnswerWriter {
    private let caller: CallerTraits

    init(_ caller: CallerTraits) { self.caller = caller }

    func body(of answer: ChatAnswer) -> Bytes {
        if answer.extras.origin == .responses { return own(answer) }
        var output = JSONWriter(capacity: 512)
        output.beginArray()
        let choice = answer.choices.first ?? AnswerChoice()
        var items = ResponsesOutputWriter(
            caller, odds: choice.logprobs.flatMap(TokenOdds.list))
        items.write(choice.parts, to: &output)
        output.endArray()
        var json = JSONWriter(capacity: 1024)
        let finish = choice.finish ?? Finish(.stop)
        write(
            ResponseState(answer.head, finish: finish, usage: answer.usage),
            output: output.finish(), to: &json)
        return json.finish()
    }

    private func own(_ answer: ChatAnswer) -> Bytes {
        var json = JSONWriter(capacity: 1024)
        json.beginObject()
        if let id = answer.head.id { json.member("id", id) }
        if let created = answer.head.created { json.member("created_at", created) }
        if let model = answer.head.model { json.member("model", model) }
        if let tier = answer.head.serviceTier { json.member("service_tier", tier) }
        json.key("output")
        json.beginArray()
        for part in answer.choices.first?.parts ?? [] {
            if let whole = part.extras.whole(in: .responses) { json.raw(whole) }
        }
        json.endArray()
        if let usage = answer.rawUsage { json.member("usage", raw: usage) }
        json.members(answer.extras)
        json.endObject()
        return json.finish()
    }

    /// Writes a response object around its output items.
    func write(_ state: ResponseState, output: Bytes, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        writeID(state.head.id, &json)
        json.member("object", "response")
        json.member("created_at", state.head.created ?? caller.now)
        json.member("status", state.status)
        json.key("error")
        json.null()
        json.key("incomplete_details")
        if let reason = state.incompleteReason {
            json.beginObject()
            json.member("reason", reason)
            json.endObject()
        } else {
            json.null()
        }
        json.key("instructions")
        json.null()
        json.member("metadata", raw: "{}")
        json.member("model", state.head.model ?? caller.model)
        json.member("output", raw: output)
        json.member("parallel_tool_calls", true)
        json.key("previous_response_id")
        json.null()
        json.key("temperature")
        json.null()
        json.member("tool_choice", "auto")
        json.member("tools", raw: "[]")
        json.key("top_p")
        json.null()
        json.member("store", false)
        if let tier = state.head.serviceTier, tier.isOpenAITier {
            json.member("service_tier", tier)
        }
        json.key("usage")
        if let usage = state.usage { Self.write(usage, &json) } else { json.null() }
        json.endObject()
    }

    private func writeID(_ id: EscapedText?, _ json: inout JSONWriter) {
        if let id {
            json.string(id)
            return
        }
        json.string(caller.itemID("resp_", 0))
    }

    private static func write(_ usage: Usage, _ json: inout JSONWriter) {
        json.beginObject()
        json.member("input_tokens", usage.inputTokens)
        json.key("input_tokens_details")
        json.beginObject()
        json.member("cached_tokens", usage.cachedInputTokens ?? 0)
        json.member("cache_write_tokens", usage.cacheWriteTokens ?? 0)
        json.endObject()
        json.member("output_tokens", usage.billedOutputTokens)
        json.key("output_tokens_details")
        json.beginObject()
        json.member("reasoning_tokens", usage.reasoningTokens ?? 0)
        json.endObject()
        json.member(
            "total_tokens", usage.totalTokens ?? usage.inputTokens + usage.outputTokens)
        json.endObject()
    }
}

/// What a response object says of the answer beside its output.
struct ResponseState {
    var head: AnswerHead
    var status: StaticString = "completed"
    var incompleteReason: StaticString?
    var usage: Usage?

    init(_ head: AnswerHead, finish: Finish, usage: Usage?) {
        self.head = head
        self.usage = usage
        switch finish.reason {
        case .length:
            status = "incomplete"
            incompleteReason = "max_output_tokens"
        case .contentFilter, .refusal:
            status = "incomplete"
            incompleteReason = "content_filter"
        case .error: status = "failed"
        case .stop, .stopSequence, .toolCalls, .pause, .other: break
        }
    }

    /// Of an answer that has just begun.
    init(begun head: AnswerHead) {
        self.head = head
        status = "in_progress"
    }
}

extension CallerTraits {
    /// An id for an item of an answer; no escapes needed.
    func itemID(_ prefix: StaticString, _ number: Int) -> EscapedText {
        var writer = ByteWriter(capacity: exchangeID.count + 16)
        writer.append(prefix)
        writer.append(exchangeID)
        if number > 0 {
            writer.append("_")
            writer.append(decimal: number)
        }
        return EscapedText(escaping: writer.finish().span)
    }
}
