// SPDX-License-Identifier: Apache-2.0

/// A price that an operator states; it goes before every price of the built-in table.
public struct PriceOverride: Sendable, Equatable {
    /// The provider's configured name or kind; nil stands for any.
    public let provider: String?
    /// A model's name, which its dated versions share, or with `*` at its end all that begin so.
    public let model: String
    public let price: ModelPrice

    public init(provider: String? = nil, model: String, price: ModelPrice) {
        self.provider = provider
        self.model = model.lowercased()
        self.price = price
    }

    /// How much of a model's name this names; nil if it is about another model.
    func match(_ name: ModelName, providers: [String]) -> Int? {
        if let provider, !providers.contains(provider) { return nil }
        let names = [name.full, name.short]
        if model.hasSuffix("*") {
            let start = model.dropLast()
            return names.contains { $0.hasPrefix(start) } ? start.utf8.count : nil
        }
        let stems = names.flatMap { ModelName.stems(of: $0) }
        // A whole name goes before a beginning of the same length.
        return stems.contains(model[...]) ? model.utf8.count + 1 : nil
    }
}
