// SPDX-License-Identifier: Apache-2.0
import Core
import Metering
import Testing

/// A row of `costs.tsv`, which a script worked out with fractions.
struct CostRow {
    let kind: String
    let provider: String
    let model: String
    let isBatch: Bool
    let tokens: MeteredTokens
    let cost: NanoDollars?

    init?(_ line: Substring) {
        let words = line.split(separator: "\t").map { String($0) }
        let counts = words.dropFirst(4).dropLast().compactMap { Int($0) }
        guard words.count == 13, counts.count == 8 else { return nil }
        (kind, provider, model, isBatch) = (words[0], words[1], words[2], words[3] == "1")
        var tokens = MeteredTokens(input: counts[0], output: counts[5])
        tokens.cachedInput = counts[1]
        tokens.cacheWrite = counts[2]
        tokens.cacheWrite1h = counts[3]
        tokens.audioInput = counts[4]
        tokens.reasoning = counts[6]
        tokens.audioOutput = counts[7]
        self.tokens = tokens
        cost = Int64(words[12]).map { NanoDollars($0) }
    }
}

@Suite struct CostTests {
    @Test("every cost is that of the table, to the nano-dollar")
    func table() throws {
        let lines = try Fixture.lines("costs.tsv")
        #expect(lines.count >= 60)
        var kinds: Set<String> = []
        for line in lines {
            let row = try #require(CostRow(line), "\(line)")
            kinds.insert(row.kind)
            let found = PriceTable.builtIn.price(provider: row.provider, model: row.model)
            let price = try #require(found, "\(line)")
            #expect(price.cost(of: row.tokens, isBatch: row.isBatch) == row.cost, "\(line)")
        }
        #expect(kinds.isSuperset(of: ["cached", "reasoning", "streamed", "partial", "embedding"]))
    }

    /// Worked out by hand: 1,920 cached at 1.25 and 86 at 2.50, 300 at 10 dollars a million.
    @Test("a cost in dollars is what the provider's page says")
    func byHand() throws {
        let price = try #require(PriceTable.builtIn.price(provider: "openai", model: "gpt-4o"))
        var tokens = MeteredTokens(input: 2006, output: 300)
        tokens.cachedInput = 1920
        #expect(price.cost(of: tokens)?.description == "0.005615")
    }

    @Test("a fraction of a nano-dollar is rounded once, half upwards")
    func rounding() {
        var rates = TokenRates(input: NanoDollars(500_000), output: NanoDollars(499_999))
        #expect(ModelPrice(rates).cost(of: MeteredTokens(input: 1))?.value == 1)
        #expect(ModelPrice(rates).cost(of: MeteredTokens(output: 1))?.value == 0)
        #expect(ModelPrice(rates).cost(of: MeteredTokens(input: 1, output: 1))?.value == 1)
        rates.cachedInput = NanoDollars(1)
        var tokens = MeteredTokens(input: 3)
        tokens.cachedInput = 2
        #expect(ModelPrice(rates).cost(of: tokens)?.value == 1)
    }

    @Test("no count and no price overflows")
    func extremes() {
        let price = ModelPrice(TokenRates(input: .max, output: .max))
        var tokens = MeteredTokens(input: .max, output: .max)
        #expect(price.cost(of: tokens) == .max)
        tokens.cachedInput = .max
        tokens.cacheWrite = .max
        tokens.cacheWrite1h = .max
        tokens.reasoning = .max
        #expect(price.cost(of: tokens) == .max)
        #expect(price.cost(of: MeteredTokens(input: .min, output: .min)) == .zero)
    }
}
