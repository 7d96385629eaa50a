// SPDX-License-Identifier: Apache-2.0
import Core

/// Makes credential values out of keys.
enum Credential {
    /// The value that goes into `field`; nil when the key cannot stand in a header.
    static func make(_ key: String, field: String) -> Secret? {
        guard HeaderRule.isCredential(key) else { return nil }
        return Secret(Bytes(field == "authorization" ? "Bearer \(key)" : key))
    }
}
