// SPDX-License-Identifier: Apache-2.0
public import Core

/// What a model's tokens cost, and what they cost in requests with long input.
public struct ModelPrice: Sendable, Equatable {
    /// Prices of a whole request whose input is longer than a number of tokens.
    public struct Tier: Sendable, Equatable {
        public let aboveInput: Int
        public let rates: TokenRates

        public init(aboveInput: Int, rates: TokenRates) {
            self.aboveInput = aboveInput
            self.rates = rates
        }
    }

    public let base: TokenRates
    /// The one with the longest input first.
    public let tiers: [Tier]

    public init(_ base: TokenRates, tiers: [Tier] = []) {
        self.base = base
        self.tiers = tiers.sorted { $0.aboveInput > $1.aboveInput }
    }

    /// What a call costs; nil if it has tokens of a kind without a price, such as audio.
    ///
    /// Exact but for one rounding of the sum to a whole nano-dollar, half upwards. The same tokens
    /// cost the same whether they were streamed or not.
    public func cost(of tokens: MeteredTokens, isBatch: Bool = false) -> NanoDollars? {
        for tier in tiers where tokens.input > tier.aboveInput {
            return tier.rates.cost(of: tokens, isBatch: isBatch)
        }
        return base.cost(of: tokens, isBatch: isBatch)
    }
}
