// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// The counts of usage objects other than OpenAI's as they come, event after event.
///
/// Kept apart because a later event may hold only some of them, and they add up to ours.
struct TokenCounts: Sendable, Equatable {
    private var input, cacheRead, cacheWrite, hourWrite, toolInput: Int?
    private var output, thoughts, total: Int?

    /// Takes what an object of this format tells; what it leaves out stays.
    mutating func read(_ object: JSONSlice, in bytes: Span<UInt8>, format: WireFormat) {
        var members = JSONMembers(of: object, in: bytes)
        while let member = members.next() {
            let name = bytes.extracting(member.key.content)
            if member.value.kind == .object {
                if format == .messages, name.equals("cache_creation") {
                    readTimes(member.value, in: bytes)
                }
                continue
            }
            guard let count = member.value.int(in: bytes), count >= 0 else { continue }
            switch format {
            case .messages: setMessages(name, count)
            case .cohereChat: setCohere(name, count)
            default: setGemini(name, count)
            }
        }
    }

    /// How long Anthropic's cache keeps what was written to it.
    private mutating func readTimes(_ object: JSONSlice, in bytes: Span<UInt8>) {
        var members = JSONMembers(of: object, in: bytes)
        while let member = members.next() {
            guard member.key.equals("ephemeral_1h_input_tokens", in: bytes),
                let count = member.value.int(in: bytes), count >= 0
            else { continue }
            hourWrite = count
        }
    }

    private mutating func setMessages(_ name: Span<UInt8>, _ count: Int) {
        if name.equals("input_tokens") { input = count }
        if name.equals("output_tokens") { output = count }
        if name.equals("cache_read_input_tokens") { cacheRead = count }
        if name.equals("cache_creation_input_tokens") { cacheWrite = count }
    }

    private mutating func setGemini(_ name: Span<UInt8>, _ count: Int) {
        if name.equals("promptTokenCount") { input = count }
        if name.equals("toolUsePromptTokenCount") { toolInput = count }
        if name.equals("candidatesTokenCount") { output = count }
        if name.equals("thoughtsTokenCount") { thoughts = count }
        if name.equals("cachedContentTokenCount") { cacheRead = count }
        if name.equals("totalTokenCount") { total = count }
    }

    private mutating func setCohere(_ name: Span<UInt8>, _ count: Int) {
        if name.equals("input_tokens") { input = count }
        if name.equals("output_tokens") { output = count }
    }

    /// In OpenAI's way of counting; nil while nothing was told.
    func usage(of format: WireFormat) -> Usage? {
        guard input != nil || output != nil else { return nil }
        var usage = Usage(
            inputTokens: (input ?? 0) + (toolInput ?? 0), outputTokens: (output ?? 0))
        usage.cachedInputTokens = cacheRead
        usage.cacheWriteTokens = cacheWrite
        usage.reasoningTokens = thoughts
        usage.totalTokens = total
        if format == .messages {
            usage.longCacheWriteTokens = hourWrite
            // Anthropic counts only what it neither found in its cache nor put there.
            usage.inputTokens += (cacheRead ?? 0) + (cacheWrite ?? 0)
        } else {
            usage.outputTokens += thoughts ?? 0
        }
        return usage
    }
}
