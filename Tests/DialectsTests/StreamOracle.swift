// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Foundation

/// What a stream holds, worked out on the whole of it with Foundation's parser.
struct StreamOracle {
    private(set) var whole: [UInt8] = []
    /// The stream without its usage-only chunks.
    private(set) var withoutUsageChunks: [UInt8] = []
    private(set) var withheldCount = 0
    private(set) var usage: Usage?
    private(set) var hasFinishReason = false
    private(set) var isDone = false
    private(set) var hasError = false

    init(_ stream: Bytes) {
        for event in Self.events(of: stream) {
            whole += event
            if !note(event) { withoutUsageChunks += event }
        }
    }

    /// Cuts behind each empty line, byte by byte.
    static func events(of stream: Bytes) -> [[UInt8]] {
        var events: [[UInt8]] = []
        var event: [UInt8] = []
        var lineIsEmpty = true
        var index = 0
        while index < stream.count {
            let byte = stream[index]
            event.append(byte)
            index += 1
            guard byte == 10 || byte == 13 else {
                lineIsEmpty = false
                continue
            }
            if byte == 13, index < stream.count, stream[index] == 10 {
                event.append(10)
                index += 1
            }
            if lineIsEmpty {
                events.append(event)
                event = []
            }
            lineIsEmpty = true
        }
        return event.isEmpty ? events : events + [event]
    }

    /// True for a chunk that has nothing but usage.
    private mutating func note(_ event: [UInt8]) -> Bool {
        let lines = String(decoding: event, as: UTF8.self)
            .split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data:") }
            .map { $0.dropFirst(5).trimmingCharacters(in: .whitespaces) }
        let payload = lines.joined(separator: "\n")
        if payload == "[DONE]" { isDone = true }
        guard let chunk = foundationObject(Bytes(payload)) else { return false }
        if let error = chunk["error"], !(error is NSNull) { hasError = true }
        let groq = chunk["x_groq"] as? [String: Any]
        let usages = [groq?["usage"], chunk["usage"]].compactMap { $0 as? [String: Any] }
        if let last = usages.last { usage = Self.usage(last) }
        let choices = chunk["choices"] as? [[String: Any]]
        if choices?.contains(where: { $0["finish_reason"] is String }) == true {
            hasFinishReason = true
        }
        guard chunk["usage"] is [String: Any], choices?.isEmpty == true else { return false }
        withheldCount += 1
        return true
    }

    static func usage(_ object: [String: Any]) -> Usage {
        let input = object["prompt_tokens_details"] as? [String: Any]
        let output = object["completion_tokens_details"] as? [String: Any]
        var usage = Usage(
            inputTokens: object["prompt_tokens"] as? Int ?? 0,
            outputTokens: object["completion_tokens"] as? Int ?? 0)
        usage.totalTokens = object["total_tokens"] as? Int
        usage.cachedInputTokens =
            input?["cached_tokens"] as? Int ?? object["prompt_cache_hit_tokens"] as? Int
            ?? object["num_cached_tokens"] as? Int ?? object["cached_tokens"] as? Int
        usage.cacheWriteTokens = input?["cache_write_tokens"] as? Int
        usage.inputAudioTokens = input?["audio_tokens"] as? Int
        usage.reasoningTokens = output?["reasoning_tokens"] as? Int
        usage.outputAudioTokens = output?["audio_tokens"] as? Int
        return usage
    }
}
