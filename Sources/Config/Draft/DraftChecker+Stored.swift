// SPDX-License-Identifier: Apache-2.0
import Dialects
import Upstreams

extension DraftChecker {
    /// The word of `stored_objects` for nobody.
    static let nobody = "off"

    mutating func checkStored() {
        for (dialect, keeper) in draft.storedObjects where keeper.value != Self.nobody {
            let provider = draft.providers.first { $0.name?.value == keeper.value }
            guard let provider else {
                // A provider whose name could not be read may be the one meant.
                guard providerNames.count == draft.providers.count else { continue }
                diagnostics.fault(
                    keeper.position,
                    "no provider is called \(quoted(keeper.value))"
                        + hint(keeper.value, among: providerNames, list: "providers"))
                continue
            }
            guard let upstream = provider.upstream else { continue }
            guard upstream.stored?.family != Self.family(dialect) else { continue }
            diagnostics.fault(
                keeper.position,
                "the provider \(quoted(keeper.value)) is of kind '\(upstream.kind.rawValue)' and"
                    + " keeps no objects as '\(dialect.label)' does; write another one, or off")
        }
    }

    private static func family(_ dialect: Dialect) -> StoredBase.Family {
        switch dialect {
        case .anthropic: .anthropic
        case .gemini: .gemini
        case .openAI, .cohere, .ollama: .openAI
        }
    }
}
