// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Anthropic's counts, which come in pieces over a stream; the last value of each holds.
struct MessagesUsage {
    private var input = 0
    private var output = 0
    private var cacheRead: Int?
    private var cacheWrite: Int?
    private var hourWrite: Int?
    private var thinking: Int?

    /// Takes what a `usage` object tells.
    mutating func read(_ object: JSONSlice, in body: ChatBody) {
        let span = body.bytes.span
        var members = JSONMembers(of: object, in: span)
        while let member = members.next() {
            if member.value.kind == .object {
                readDetails(member, in: body)
                continue
            }
            // A count that no Int holds, or a negative one, is no count.
            guard let count = member.value.int(in: span), count >= 0 else { continue }
            if body.isNamed(member, "input_tokens") {
                input = count
            } else if body.isNamed(member, "output_tokens") {
                output = count
            } else if body.isNamed(member, "cache_read_input_tokens") {
                cacheRead = count
            } else if body.isNamed(member, "cache_creation_input_tokens") {
                cacheWrite = count
            }
        }
    }

    private mutating func readDetails(_ member: JSONMember, in body: ChatBody) {
        let span = body.bytes.span
        if body.isNamed(member, "cache_creation") {
            let count = body.member("ephemeral_1h_input_tokens", of: member.value)
            hourWrite = count?.int(in: span) ?? hourWrite
        } else if body.isNamed(member, "output_tokens_details") {
            let count = body.member("thinking_tokens", of: member.value)
            thinking = count?.int(in: span) ?? thinking
        }
    }

    /// The counts as OpenAI counts them: the input holds what the cache was read and written for.
    var usage: Usage {
        let (withRead, isOver) = input.addingReportingOverflow(cacheRead ?? 0)
        let (sum, isFarOver) = withRead.addingReportingOverflow(cacheWrite ?? 0)
        var usage = Usage(inputTokens: isOver || isFarOver ? input : sum, outputTokens: output)
        usage.cachedInputTokens = cacheRead
        usage.cacheWriteTokens = cacheWrite
        usage.longCacheWriteTokens = hourWrite
        usage.reasoningTokens = thinking
        return usage
    }
}

extension JSONWriter {
    /// A `usage` object in Anthropic's words; zeros where nothing is known.
    mutating func messagesUsage(_ usage: Usage?) {
        let usage = usage ?? Usage()
        let cached = usage.cachedInputTokens ?? 0
        let written = usage.cacheWriteTokens ?? 0
        beginObject()
        member("input_tokens", max(0, usage.inputTokens - cached - written))
        member("cache_creation_input_tokens", written)
        if let long = usage.longCacheWriteTokens {
            key("cache_creation")
            beginObject()
            member("ephemeral_5m_input_tokens", max(0, written - long))
            member("ephemeral_1h_input_tokens", long)
            endObject()
        }
        member("cache_read_input_tokens", cached)
        member("output_tokens", usage.billedOutputTokens)
        if let thinking = usage.reasoningTokens {
            key("output_tokens_details")
            beginObject()
            member("thinking_tokens", thinking)
            endObject()
        }
        endObject()
    }
}
