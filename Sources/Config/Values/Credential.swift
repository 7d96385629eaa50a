// SPDX-License-Identifier: Apache-2.0
import Core

/// Makes credential values out of keys.
enum Credential {
    /// The value that goes into `field`; nil when the key cannot stand in a header.
    ///
    /// `prefix` stands before the key in place of `Bearer ` in `authorization`, and of nothing
    /// elsewhere.
    static func make(_ key: String, field: String, prefix: String? = nil) -> Secret? {
        guard HeaderRule.isCredential(key) else { return nil }
        let usual = field == "authorization" ? "Bearer " : ""
        return Secret(Bytes((prefix ?? usual) + key))
    }
}
