// SPDX-License-Identifier: Apache-2.0
import Core
public import JSON

/// The tokens of one answer, as its provider counted them.
///
/// Input includes cached and cache-writing tokens, output includes reasoning tokens, as OpenAI
/// counts; a detail that the provider left out is nil.
public struct Usage: Sendable, Equatable {
    public var inputTokens = 0
    public var outputTokens = 0
    /// The provider's own sum.
    public var totalTokens: Int?
    /// Part of the input, read from the provider's prompt cache.
    public var cachedInputTokens: Int?
    /// Part of the input, written to the provider's prompt cache.
    public var cacheWriteTokens: Int?
    /// Part of `cacheWriteTokens`, kept for an hour instead of minutes, at a higher price.
    public var longCacheWriteTokens: Int?
    /// Part of the output, or beside it where the total says so.
    public var reasoningTokens: Int?
    public var inputAudioTokens: Int?
    public var outputAudioTokens: Int?

    public init(inputTokens: Int = 0, outputTokens: Int = 0) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }

    /// Output as it is billed: what the total holds beyond the input.
    ///
    /// Gemini's OpenAI-compatible answers count thoughts in the total alone (recorded: 35 in,
    /// 12 out, 109 in total), and they cost as output.
    public var billedOutputTokens: Int {
        max(outputTokens, (totalTokens ?? 0) - inputTokens)
    }

    /// Reads a `usage` object; nil if the value is no object.
    public init?(_ object: JSONSlice, in bytes: Span<UInt8>) {
        guard object.kind == .object else { return nil }
        var members = JSONMembers(of: object, in: bytes)
        while let member = members.next() {
            read(member, name: bytes.extracting(member.key.content), bytes)
        }
    }

    private mutating func read(
        _ member: JSONMember, name: Span<UInt8>, _ bytes: Span<UInt8>
    ) {
        switch member.value.kind {
        case .number:
            // A count that no Int holds, or a negative one, is no count.
            guard let count = member.value.int(in: bytes), count >= 0 else { return }
            set(name, count)
        case .object:
            if name.equals("prompt_tokens_details") || name.equals("input_tokens_details") {
                readDetails(member.value, bytes, isInput: true)
            } else if name.equals("completion_tokens_details")
                || name.equals("output_tokens_details")
            {
                readDetails(member.value, bytes, isInput: false)
            }
        default: return
        }
    }

    /// Takes a count of the object itself by its provider's name for it.
    mutating func set(_ name: Span<UInt8>, _ count: Int) {
        // By length first: one comparison or two instead of seven.
        switch name.count {
        case 12:
            if name.equals("total_tokens") { totalTokens = count }
            if name.equals("input_tokens") { inputTokens = count }
        case 13:
            if name.equals("prompt_tokens") {
                inputTokens = count
            } else if name.equals("output_tokens") {
                outputTokens = count
            } else if name.equals("cached_tokens") {
                setCached(count)
            }
        case 17:
            if name.equals("completion_tokens") {
                outputTokens = count
            } else if name.equals("num_cached_tokens") {  // Mistral
                setCached(count)
            }
        case 23: if name.equals("prompt_cache_hit_tokens") { setCached(count) }  // DeepSeek
        default: break
        }
    }

    /// Where it stands beside the details, which go first.
    private mutating func setCached(_ count: Int) {
        if cachedInputTokens == nil { cachedInputTokens = count }
    }

    private mutating func readDetails(_ object: JSONSlice, _ bytes: Span<UInt8>, isInput: Bool) {
        var members = JSONMembers(of: object, in: bytes)
        while let member = members.next() {
            guard let count = member.value.int(in: bytes), count >= 0 else { continue }
            setDetail(bytes.extracting(member.key.content), count, isInput: isInput)
        }
    }

    /// Takes a count of one of the two objects of details.
    mutating func setDetail(_ name: Span<UInt8>, _ count: Int, isInput: Bool) {
        switch name.count {
        case 12 where name.equals("audio_tokens"):
            if isInput { inputAudioTokens = count } else { outputAudioTokens = count }
        case 13 where isInput && name.equals("cached_tokens"): cachedInputTokens = count
        case 16 where !isInput && name.equals("reasoning_tokens"): reasoningTokens = count
        case 18 where isInput && name.equals("cache_write_tokens"): cacheWriteTokens = count
        default: break
        }
    }
}
