// SPDX-License-Identifier: Apache-2.0
import Crypto
import Upstreams

/// Checks how the parts of a draft fit together: names, references between them, access.
struct DraftChecker {
    let draft: Draft
    let api: ListenAddress
    let admin: ListenAddress
    var diagnostics: DiagnosticList
    /// Names as written, also of entries with other faults, so that one fault is reported once.
    let providerNames: [String]
    let modelNames: [String]
    let providerSet: Set<String>
    /// The first model of each name.
    let modelIndices: [String: Int]

    init(_ draft: Draft, api: ListenAddress, admin: ListenAddress, diagnostics: DiagnosticList) {
        self.draft = draft
        self.api = api
        self.admin = admin
        self.diagnostics = diagnostics
        providerNames = draft.providers.compactMap { $0.name?.value }
        modelNames = (draft.models ?? []).compactMap { $0.name?.value }
        providerSet = Set(providerNames)
        let named = (draft.models ?? []).enumerated().compactMap { index, model in
            model.name.map { ($0.value, index) }
        }
        modelIndices = Dictionary(named) { first, _ in first }
    }

    mutating func check() {
        checkListen()
        checkCluster()
        checkProviders()
        checkModels()
        checkFallbackCycles()
        checkStored()
        checkKeys()
        checkAccess()
    }

    private mutating func checkListen() {
        if api == admin && api.port != 0 {
            diagnostics.fault(
                draft.admin?.position ?? draft.positions.api ?? draft.positions.start,
                "'api' and 'admin' both listen on \(api); give them different ports")
        }
    }

    private mutating func checkProviders() {
        reportRepeated(draft.providers.map(\.name), "provider")
        for provider in draft.providers {
            guard let origin = provider.upstream?.origin, origin.port == api.port,
                api.isReached(by: origin.host)
            else { continue }
            diagnostics.fault(
                provider.base ?? provider.position,
                "this is the address that 'listen.api' answers on, so requests would go round"
                    + " in a circle; write the provider's own address")
        }
    }

    /// Reports each name that an earlier entry has already.
    mutating func reportRepeated(_ names: [Located<String>?], _ what: String) {
        var seen: [String: SourcePosition] = [:]
        for case let name? in names {
            if let first = seen[name.value] {
                diagnostics.fault(
                    name.position,
                    "the \(what) \(quoted(name.value)) is configured twice, first at "
                        + "\(first.line):\(first.column); rename one of them")
            } else {
                seen[name.value] = name.position
            }
        }
    }

    private mutating func checkAccess() {
        let isOpen = draft.keys.isEmpty && !draft.areKeysUnreadable
        if let position = draft.openAccess, !isOpen {
            diagnostics.fault(
                position,
                "'auth: none' lets everybody in although keys are configured;"
                    + " remove 'auth' or 'keys'")
        }
        guard isOpen, draft.openAccess == nil, !api.isLoopback else { return }
        diagnostics.fault(
            draft.positions.keys ?? draft.positions.api ?? draft.positions.start,
            "whoever reaches \(api) could use the providers without a key; add 'keys'"
                + " ('apus keys hash' prints a key's hash), or write 'auth: none' if that is meant"
        )
    }
}

extension ListenAddress {
    /// Whether a connection to `host` on this machine arrives here, as far as names tell.
    func isReached(by host: String) -> Bool {
        let isWildcard = self.host == "0.0.0.0" || self.host == "::"
        return host == self.host || ((isWildcard || isLoopback) && Self.isLoopback(host: host))
    }
}
