// SPDX-License-Identifier: Apache-2.0
import Crypto

extension DraftChecker {
    mutating func checkKeys() {
        reportRepeated(draft.keys.map(\.name), "key")
        var owners: [SHA256Digest: String] = [:]
        for key in draft.keys {
            guard let digest = key.digest else { continue }
            if let owner = owners[digest.value] {
                diagnostics.fault(
                    digest.position,
                    "the key \(quoted(owner)) has the same hash; give each caller its own key")
            }
            owners[digest.value] = key.name?.value ?? "?"
            if digest.value == draft.adminDigest?.value {
                diagnostics.fault(
                    digest.position,
                    "the admin key has the same hash; give callers another key")
            }
            for pattern in key.models ?? [] { warnIfNothingMatches(pattern) }
        }
    }

    private mutating func warnIfNothingMatches(_ pattern: Located<String>) {
        guard draft.models != nil, modelNames.count == draft.models?.count,
            !diagnostics.isFull, modelIndices[pattern.value] == nil,
            !modelNames.contains(where: { Self.overlap(pattern.value, $0) })
        else { return }
        diagnostics.warning(
            pattern.position,
            "no model matches \(quoted(pattern.value))"
                + hint(pattern.value, among: modelNames, list: "models"))
    }

    /// Whether some name is matched by both patterns.
    static func overlap(_ left: String, _ right: String) -> Bool {
        switch (left.hasSuffix("*"), right.hasSuffix("*")) {
        case (false, false): left == right
        case (true, false): right.hasPrefix(left.dropLast())
        case (false, true): left.hasPrefix(right.dropLast())
        case (true, true):
            left.hasPrefix(right.dropLast()) || right.hasPrefix(left.dropLast())
        }
    }
}
