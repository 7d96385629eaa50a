// SPDX-License-Identifier: Apache-2.0
public import Core
public import Crypto

/// Makes keys that nobody can guess: 32 random bytes behind a prefix that tells what they open.
public enum FreshKey {
    private static let randomBytes = 32

    /// A key for the operator: `adm-…`.
    public static func admin() -> Secret { make("adm-") }

    /// A key for a caller: `sk-apus-…`.
    public static func caller() -> Secret { make("sk-apus-") }

    /// A key for `cluster.keys`, in hexadecimal.
    public static func cluster() -> Secret {
        var writer = ByteWriter(capacity: 64)
        Hex.encode(RandomBytes.make(count: randomBytes).span, into: &writer)
        return Secret(writer.finish())
    }

    private static func make(_ prefix: StaticString) -> Secret {
        var writer = ByteWriter(capacity: 64)
        writer.append(prefix)
        Base64.url.encode(RandomBytes.make(count: randomBytes).span, into: &writer)
        return Secret(writer.finish())
    }

    /// What the configuration knows of a key.
    public static func digest(of key: Secret) -> SHA256Digest {
        var hasher = SHA256Hasher()
        return hasher.digest(of: key.reveal().span)
    }
}
