// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Prices by provider and model. Looked up once for each target, when a configuration is loaded.
public struct PriceTable: Sendable {
    /// Provider, model, price; a price of nil bars versions from taking that of a shorter name.
    private let models: [String: [String: ModelPrice?]]
    private let facts: [String: [String: ModelFacts]]
    private let overrides: [PriceOverride]

    /// The prices that the binary carries.
    public static let builtIn = PriceReader.read(Resource.prices.span)

    init(
        models: [String: [String: ModelPrice?]], facts: [String: [String: ModelFacts]],
        overrides: [PriceOverride] = []
    ) {
        self.models = models
        self.facts = facts
        self.overrides = overrides
    }

    /// This table under prices of the operator's, of which later ones go before earlier ones.
    public func overridden(by prices: [PriceOverride]) -> PriceTable {
        PriceTable(models: models, facts: facts, overrides: overrides + prices)
    }

    /// The price of a model at a provider; nil if there is none, and then its calls are unpriced.
    public func price(provider: String, model: String) -> ModelPrice? {
        price(providers: [provider], model: model)
    }

    /// The same for a provider with several names, such as its configured one and its kind.
    ///
    /// A name is looked for as it stands, then without versions at its end, longest first. Where
    /// the table does not know the provider, a maker before the name (`openai/gpt-5`) counts.
    public func price(providers: [String], model: String) -> ModelPrice? {
        let name = ModelName(model)
        if let price = override(name, providers) { return price }
        let known = providers.filter { models[$0] != nil }
        for provider in known {
            if let found = entry(provider, name.full) { return found }
            if name.maker == provider, let found = entry(provider, name.short) { return found }
        }
        guard known.isEmpty, let maker = name.maker else { return nil }
        return entry(maker, name.short) ?? nil
    }

    /// What is known of a model, looked for as its price is; nil if nothing is.
    public func facts(providers: [String], model: String) -> ModelFacts? {
        let name = ModelName(model)
        let known = providers.filter { facts[$0] != nil }
        for provider in known {
            if let found = facts(provider, name.full) { return found }
            if name.maker == provider, let found = facts(provider, name.short) { return found }
        }
        guard known.isEmpty, let maker = name.maker else { return nil }
        return facts(maker, name.short)
    }

    private func facts(_ provider: String, _ name: String) -> ModelFacts? {
        guard let models = facts[provider] else { return nil }
        for stem in ModelName.stems(of: name) {
            if let found = models[String(stem)] { return found }
        }
        return nil
    }

    /// The longest name of the table that the model is a version of; nil inside if it is barred.
    private func entry(_ provider: String, _ name: String) -> ModelPrice?? {
        guard let prices = models[provider] else { return nil }
        for stem in ModelName.stems(of: name) {
            if let found = prices[String(stem)] { return found }
        }
        return nil
    }

    private func override(_ name: ModelName, _ providers: [String]) -> ModelPrice? {
        var best: (length: Int, isForProvider: Bool, price: ModelPrice)?
        for row in overrides {
            guard let length = row.match(name, providers: providers) else { continue }
            let rank = (length, row.provider == nil ? 0 : 1)
            if let best, rank < (best.length, best.isForProvider ? 1 : 0) { continue }
            best = (length, row.provider != nil, row.price)
        }
        return best?.price
    }
}
