// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension Finish {
    /// From the `finish_reason` of a chat completion.
    init(completionsWord word: EscapedText) {
        let text = word.decoded.span
        let reason: FinishReason =
            if text.equals("stop") || text.equals("eos") || text.equals("end_turn") {
                .stop
            } else if text.equals("length") || text.equals("model_length")
                || text.equals("max_tokens")
            {
                .length
            } else if text.equals("tool_calls") || text.equals("function_call") {
                .toolCalls
            } else if text.equals("content_filter") {
                .contentFilter
            } else if text.equals("error") || text.equals("insufficient_system_resource") {
                .error
            } else {
                .other
            }
        self.init(reason, word: word)
    }
}

extension FinishReason {
    /// The word in a chat completion; a caller knows no more than OpenAI's five.
    func completionsWord(hasCalls: Bool) -> StaticString {
        switch self {
        case .stop, .stopSequence, .pause, .other: hasCalls ? "tool_calls" : "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        // An answer that was cut short by no fault of its own: the nearest there is.
        case .contentFilter, .refusal, .error: "content_filter"
        }
    }
}
