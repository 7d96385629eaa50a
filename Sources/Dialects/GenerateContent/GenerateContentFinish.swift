// SPDX-License-Identifier: Apache-2.0
import JSON

/// Gemini's `finishReason`, both ways.
enum GenerateContentFinish {
    /// Gemini says STOP with function calls too; the model tells the two apart.
    static func finish(_ word: EscapedText, hasCalls: Bool) -> Finish {
        var reason = reason(word)
        if reason == .stop, hasCalls { reason = .toolCalls }
        return Finish(reason, word: word)
    }

    private static func reason(_ word: EscapedText) -> FinishReason {
        if word.equals("STOP") { return .stop }
        if word.equals("MAX_TOKENS") { return .length }
        for filter in filters where word.equals(filter) { return .contentFilter }
        for failure in failures where word.equals(failure) { return .error }
        return .other
    }

    /// Also the words of `promptFeedback.blockReason`.
    private static let filters: [StaticString] = [
        "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE",
        "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR",
    ]
    private static let failures: [StaticString] = [
        "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
        "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE",
    ]

    static func word(_ reason: FinishReason) -> StaticString {
        switch reason {
        case .stop, .stopSequence, .toolCalls, .pause: "STOP"
        case .length: "MAX_TOKENS"
        case .contentFilter, .refusal: "SAFETY"
        case .error, .other: "OTHER"
        }
    }
}
