// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Crypto
internal import HTTP

/// Finds out who calls: takes the credential from any of its usual places and looks up its digest.
struct Authenticator: ~Copyable {
    /// Longer credentials are nobody's.
    private static let credentialLimit = 4096

    private var hasher = SHA256Hasher()
    private var recent = RecentKeys()

    /// Who the caller is, or why it is nobody.
    enum Verdict {
        /// No key is asked for.
        case open
        /// Position in the key table.
        case known(Int)
        case refused(RejectionNote)
    }

    /// `generation` is that of the snapshot which holds the table; `parameter` a key in the query,
    /// as Gemini's clients may send it.
    mutating func identify(
        _ fields: FieldTable, in keys: KeyTable, generation: UInt64, parameter: Bytes? = nil
    ) -> Verdict {
        if keys.isOpen { return .open }
        guard let credential = Self.credential(fields) ?? parameter else {
            return .refused(
                RejectionNote(
                    .missingKey,
                    "No API key was given; send `Authorization: Bearer KEY` or `x-api-key: KEY`."
                ))
        }
        recent.prepare(for: generation)
        if let index = recent.find(credential.span) { return .known(index) }
        guard credential.count <= Self.credentialLimit,
            let index = keys.find(hasher.digest(of: credential.span))
        else {
            return .refused(RejectionNote(.unknownKey, "The API key is not known to this gateway."))
        }
        recent.insert(credential.span, index)
        return .known(index)
    }

    /// Whether the credential is the one with this digest; compared in constant time.
    mutating func matches(_ fields: FieldTable, _ digest: SHA256Digest) -> Bool {
        guard let credential = Self.credential(fields) else { return false }
        return hasher.digest(of: credential.span) == digest
    }

    private static func credential(_ fields: FieldTable) -> Bytes? {
        if let index = fields.firstIndex(of: KnownField.authorization),
            fields.valueSpan(at: index).hasPrefixIgnoringCase("bearer ")
        {
            return fields.value(at: index).dropFirst(7)
        }
        return fields[.xAPIKey] ?? fields[.apiKey] ?? fields[.xGoogAPIKey]
    }
}
