// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Metering

extension ModelDetails {
    /// What holds whichever target answers: the least bounds, what all can do, the highest price.
    init(_ candidates: [Candidate], asked: Bytes) {
        self.init()
        for candidate in candidates {
            if let facts = candidate.facts { take(facts) }
            guard let price = candidate.price(asked: asked)?.base else { continue }
            if let known = prices,
                known.input.value + known.output.value
                    >= price.input.value + price.output.value
            {
                continue
            }
            prices = Prices(price)
        }
        // Where a target is unknown, nobody can say what it is able to do.
        if candidates.contains(where: { $0.facts?.abilities.isEmpty ?? true }) { abilities = nil }
    }

    private mutating func take(_ facts: ModelFacts) {
        contextWindow = Self.least(contextWindow, facts.contextWindow)
        maximumOutput = Self.least(maximumOutput, facts.maximumOutput)
        guard !facts.abilities.isEmpty else { return }
        var shared = Abilities(facts.abilities)
        if let known = abilities { shared.keep(known) }
        abilities = shared
    }

    private static func least(_ one: Int?, _ other: Int?) -> Int? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }
}

extension ModelDetails.Prices {
    fileprivate init(_ rates: TokenRates) {
        self.init(input: rates.input, output: rates.output)
        cachedInput = rates.cachedInput
        cacheWrite = rates.cacheWrite
    }
}

extension ModelDetails.Abilities {
    fileprivate init(_ known: ModelFacts.Abilities) {
        self.init()
        isEmbedding = known.contains(.embeddings)
        tools = known.contains(.tools)
        parallelTools = known.contains(.parallelTools)
        schemas = known.contains(.schemas)
        images = known.contains(.images)
        audio = known.contains(.audio)
        documents = known.contains(.documents)
        reasoning = known.contains(.reasoning)
    }

    /// Leaves what the other has as well.
    fileprivate mutating func keep(_ other: Self) {
        isEmbedding = isEmbedding && other.isEmbedding
        tools = tools && other.tools
        parallelTools = parallelTools && other.parallelTools
        schemas = schemas && other.schemas
        images = images && other.images
        audio = audio && other.audio
        documents = documents && other.documents
        reasoning = reasoning && other.reasoning
    }
}
