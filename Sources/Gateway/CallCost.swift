// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Metering

/// What a call cost, or that nobody knows.
enum CallCost {
    /// Nothing to pay: no target answered, or it refused.
    case none
    case known(NanoDollars)
    /// Tokens were used, but there is no price for them or no count of them.
    case unpriced

    /// The cost of an answer with this status; a call that gave one is never free silently.
    init(status: Int, usage: Usage?, price: ModelPrice?) {
        guard (200..<300).contains(status) else {
            self = .none
            return
        }
        let cost = usage.flatMap { price?.cost(of: MeteredTokens($0)) }
        self = cost.map { .known($0) } ?? .unpriced
    }

    var amount: NanoDollars? {
        if case .known(let amount) = self { amount } else { nil }
    }

    var isUnpriced: Bool {
        if case .unpriced = self { true } else { false }
    }
}

extension MeteredTokens {
    /// A provider's count, which holds the parts in their wholes as `Usage` says.
    init(_ usage: Usage) {
        self.init(input: usage.inputTokens, output: usage.billedOutputTokens)
        cachedInput = usage.cachedInputTokens ?? 0
        cacheWrite1h = min(usage.longCacheWriteTokens ?? 0, usage.cacheWriteTokens ?? 0)
        cacheWrite = (usage.cacheWriteTokens ?? 0) - cacheWrite1h
        audioInput = usage.inputAudioTokens ?? 0
        reasoning = usage.reasoningTokens ?? 0
        audioOutput = usage.outputAudioTokens ?? 0
    }
}

extension ByteWriter {
    /// Appends the line that tells the caller a cost, where it is known.
    mutating func appendCost(_ cost: CallCost) {
        guard let amount = cost.amount else { return }
        append("x-apus-cost-usd: ")
        append(dollars: amount)
        append("\r\n")
    }
}
