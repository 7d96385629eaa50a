// SPDX-License-Identifier: Apache-2.0
import JSON

/// Anthropic's `stop_reason`, both ways.
enum MessagesFinish {
    static func finish(_ word: EscapedText, stopSequence: EscapedText?) -> Finish {
        var finish = Finish(reason(word), word: word)
        finish.stopSequence = stopSequence
        return finish
    }

    private static func reason(_ word: EscapedText) -> FinishReason {
        if word.equals("end_turn") { return .stop }
        if word.equals("tool_use") { return .toolCalls }
        if word.equals("max_tokens") { return .length }
        if word.equals("stop_sequence") { return .stopSequence }
        if word.equals("refusal") { return .refusal }
        if word.equals("pause_turn") { return .pause }
        if word.equals("model_context_window_exceeded") { return .length }
        return .other
    }

    /// The word for a reason; an answer with calls always waits for their results.
    static func word(_ finish: Finish?, hasCalls: Bool) -> StaticString {
        switch finish?.reason {
        case .length: "max_tokens"
        case .stopSequence: finish?.stopSequence == nil ? "end_turn" : "stop_sequence"
        case .contentFilter, .refusal: "refusal"
        case .pause: "pause_turn"
        case .toolCalls: "tool_use"
        case .stop, .error, .other, nil: hasCalls ? "tool_use" : "end_turn"
        }
    }
}
