// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Reads the table of `scripts/tables/prices.py`; anything wrong with it is our own mistake.
enum PriceReader {
    private static let columns = 15

    /// Prices and facts by provider and model, in lower case.
    static func read(_ text: Span<UInt8>) -> PriceTable {
        var models: [String: [String: ModelPrice?]] = [:]
        var facts: [String: [String: ModelFacts]] = [:]
        for line in String(decoding: text).split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: "\t").map { String($0).lowercased() }
            guard words.count == columns, let above = Int(words[2]) else {
                preconditionFailure("a line of the price table is wrong: \(line)")
            }
            let found = rates(words[3..<12].map { Int64($0).map { NanoDollars($0) } })
            if words[12...].contains(where: { $0 != "-" }) {
                facts[words[0], default: [:]][words[1]] = ModelFacts(words: Array(words[12...]))
            }
            var prices = models[words[0]] ?? [:]
            if above == 0 {
                prices.updateValue(found.map { ModelPrice($0) }, forKey: words[1])
            } else if let found, case .some(.some(let price)) = prices[words[1]] {
                let tier = ModelPrice.Tier(aboveInput: above, rates: found)
                prices[words[1]] = ModelPrice(price.base, tiers: price.tiers + [tier])
            } else {
                preconditionFailure("a tier of the price table has no base: \(line)")
            }
            models[words[0]] = prices
        }
        return PriceTable(models: models, facts: facts)
    }

    /// The nine prices in the order of the columns; nil if the first two are missing.
    private static func rates(_ prices: [NanoDollars?]) -> TokenRates? {
        guard let input = prices[0], let output = prices[1] else { return nil }
        var rates = TokenRates(input: input, output: output)
        rates.cachedInput = prices[2]
        rates.cacheWrite = prices[3]
        rates.cacheWrite1h = prices[4]
        rates.reasoning = prices[5]
        rates.audioInput = prices[6]
        rates.batchInput = prices[7]
        rates.batchOutput = prices[8]
        return rates
    }
}
