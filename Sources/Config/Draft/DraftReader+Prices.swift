// SPDX-License-Identifier: Apache-2.0
import Core
import Metering

extension DraftReader {
    /// Dollars for a million tokens, beyond which a number is taken for a mistake.
    private static let dearest = NanoDollars.dollars(1_000_000)

    mutating func readPrices(_ node: YAMLNode?, into draft: inout Draft) {
        guard let node else { return }
        let nodes = list(node, "prices", example: "[{ model: gpt-4o, input: 2.50, output: 10 }]")
        for node in nodes ?? [] {
            if let price = price(node, among: draft.providers) { draft.prices.append(price) }
        }
    }

    private mutating func price(
        _ node: YAMLNode, among providers: [ProviderDraft]
    ) -> PriceOverride? {
        guard let fields = fields(node, of: .price) else { return nil }
        let provider = priceProvider(fields["provider"], among: providers)
        let model = pricedModel(required("model", in: fields, example: "gpt-4o"))
        let rates = rates(in: fields)
        let tiers = priceTiers(fields["tiers"])
        guard let model, let rates else { return nil }
        let price = ModelPrice(rates, tiers: tiers)
        return PriceOverride(provider: provider, model: model, price: price)
    }

    private mutating func rates(in fields: Fields) -> TokenRates? {
        let input = dollars(required("input", in: fields, example: "2.50"), "input")
        var rates = TokenRates(input: input ?? .zero)
        if let output = dollars(fields["output"], "output") { rates.output = output }
        let details: [(String, WritableKeyPath<TokenRates, NanoDollars?>)] = [
            ("cached_input", \.cachedInput), ("cache_write", \.cacheWrite),
            ("cache_write_1h", \.cacheWrite1h), ("reasoning", \.reasoning),
            ("audio_input", \.audioInput), ("audio_output", \.audioOutput),
            ("batch_input", \.batchInput), ("batch_output", \.batchOutput),
        ]
        for (key, path) in details { rates[keyPath: path] = dollars(fields[key], key) }
        return input == nil ? nil : rates
    }

    private mutating func priceTiers(_ node: YAMLNode?) -> [ModelPrice.Tier] {
        guard let node else { return [] }
        let example = "[{ above_input: 200000, input: 2.50, output: 15 }]"
        var tiers: [ModelPrice.Tier] = []
        for node in list(node, "tiers", example: example) ?? [] {
            guard let fields = fields(node, of: .priceTier) else { continue }
            let above = integer(
                required("above_input", in: fields, example: "200000"), "above_input",
                in: 1...1_000_000_000)
            guard let rates = rates(in: fields), let above else { continue }
            if tiers.contains(where: { $0.aboveInput == above.value }) {
                diagnostics.fault(
                    above.position, "two tiers begin above \(above.value); keep one of them")
            }
            tiers.append(ModelPrice.Tier(aboveInput: above.value, rates: rates))
        }
        return tiers
    }

    private mutating func priceProvider(
        _ node: YAMLNode?, among providers: [ProviderDraft]
    ) -> String? {
        guard let name = name(node, "provider", .identifier) else { return nil }
        let known = providers.compactMap(\.name?.value)
        // A provider whose name could not be read may be the one meant.
        if known.count == providers.count, !known.contains(name.value) {
            let nearest = NearestName.find(name.value, among: known)
            let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
            diagnostics.fault(
                name.position, "no provider is called \(quoted(name.value))\(hint)")
        }
        return name.value
    }

    private mutating func pricedModel(_ node: YAMLNode?) -> String? {
        let expected = "a model's name, or the beginning of names with '*' at its end"
        guard let read = text(node, "model", expected) else { return nil }
        guard !read.text.isEmpty, read.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !read.text.dropLast().contains("*")
        else {
            refuse(read, "model", expected)
            return nil
        }
        return read.text
    }

    private mutating func dollars(_ node: YAMLNode?, _ key: String) -> NanoDollars? {
        let expected = "US dollars for a million tokens, such as 2.50"
        guard let read = text(node, key, expected) else { return nil }
        guard !read.isQuotedLiteral, let amount = NanoDollars(dollars: Bytes(read.text).span),
            amount <= Self.dearest
        else {
            refuse(read, key, expected, hint: read.isQuotedLiteral ? " in quotes" : "")
            return nil
        }
        return amount
    }
}
