// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Upstreams

/// What is configured of a dialect's stored objects.
public enum StoredChoice: Sendable, Equatable {
    /// Nobody may ask for them.
    case off
    /// A position in the snapshot's list of upstreams.
    case upstream(Int)
}

extension Snapshot {
    /// The one upstream that keeps a dialect's objects; `pinned` is the caller's own choice.
    ///
    /// An object exists at one provider, so nothing is guessed: it is named by the caller, by the
    /// configuration, or there is one provider that it can be.
    func keeper(of dialect: Dialect, pinned: Bytes? = nil) throws(RejectionNote) -> Int {
        let configured = storedObjects[dialect]
        if configured == .off { throw .turnedOff(dialect) }
        let able = upstreams.indices.filter { upstreams[$0].stored?.family == dialect.family }
        if let pinned {
            let index = able.first { Bytes(upstreams[$0].name) == pinned }
            guard let index else {
                throw .notAble(pinned, dialect, able.map { upstreams[$0].name })
            }
            return index
        }
        if case .upstream(let index) = configured { return index }
        let usual = able.filter { dialect != .openAI || upstreams[$0].kind.keepsOpenAIObjects }
        let choices = usual.isEmpty ? able : usual
        guard let first = choices.first else { throw .noKeeper(dialect) }
        guard choices.count == 1 else {
            throw .severalKeepers(choices.map { upstreams[$0].name }, dialect)
        }
        return first
    }
}

extension Dialect {
    /// Nil for a dialect whose providers keep nothing.
    fileprivate var family: StoredBase.Family? {
        switch self {
        case .openAI: .openAI
        case .anthropic: .anthropic
        case .gemini: .gemini
        case .cohere, .ollama: nil
        }
    }

    fileprivate var maker: StaticString {
        switch self {
        case .openAI: "OpenAI"
        case .anthropic: "Anthropic"
        case .gemini: "Gemini"
        case .cohere: "Cohere"
        case .ollama: "Ollama"
        }
    }
}

extension RejectionNote {
    private static let pin = "x-apus-provider"

    fileprivate static func turnedOff(_ dialect: Dialect) -> RejectionNote {
        RejectionNote(
            .unknownPath,
            """
            Stored objects of \(dialect.maker)'s API are turned off here \
            (`stored_objects: { \(dialect.label): off }`).
            """)
    }

    fileprivate static func noKeeper(_ dialect: Dialect) -> RejectionNote {
        RejectionNote(
            .unknownPath,
            """
            No provider here keeps objects of \(dialect.maker)'s API; the configuration's \
            `providers` needs one of kind `\(dialect.label)`.
            """)
    }

    fileprivate static func severalKeepers(
        _ names: [String], _ dialect: Dialect
    ) -> RejectionNote {
        RejectionNote(
            .invalidRequest,
            """
            Several providers could keep this object: \(names.joined(separator: ", ")). Send \
            `\(pin): NAME`, or write `stored_objects: { \(dialect.label): NAME }` into the \
            configuration.
            """, parameter: pin)
    }

    fileprivate static func notAble(
        _ name: Bytes, _ dialect: Dialect, _ names: [String]
    ) -> RejectionNote {
        let known = names.isEmpty ? "none does" : "these do: \(names.joined(separator: ", "))"
        return RejectionNote(
            .invalidRequest,
            """
            The field \(pin) names \(name.shown), which keeps no objects of \
            \(dialect.maker)'s API here; \(known).
            """, parameter: pin)
    }
}
