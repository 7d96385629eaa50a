// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension ReasoningOptions {
    /// Whether the caller asked for no thoughts at all.
    var isOff: Bool {
        budgetTokens == 0 || (budgetTokens == nil && effort?.equals("none") == true)
    }

    /// Tokens of thought: the caller's number, or what the effort stands for; nil if open.
    ///
    /// The numbers for the efforts are those that Google's OpenAI-compatible service documents.
    var budget: Int? {
        if let budgetTokens { return budgetTokens }
        guard let effort else { return nil }
        if effort.equals("none") { return 0 }
        if effort.equals("minimal") || effort.equals("low") { return 1024 }
        if effort.equals("medium") { return 8192 }
        if effort.equals("high") { return 24_576 }
        if effort.equals("xhigh") || effort.equals("max") { return 32_768 }
        return nil
    }

    /// The effort: the caller's word, or what the number of tokens comes to; nil if open.
    var level: EscapedText? {
        if let effort { return effort }
        guard let budgetTokens, budgetTokens >= 0 else { return nil }
        switch budgetTokens {
        case 0: return EscapedText("none")
        case ...1024: return EscapedText("low")
        case ...8192: return EscapedText("medium")
        default: return EscapedText("high")
        }
    }
}
