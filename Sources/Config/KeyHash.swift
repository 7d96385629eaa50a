// SPDX-License-Identifier: Apache-2.0
public import Core
public import Crypto

/// The written form of a key's hash: `sha256:` and 64 lower-case hexadecimal digits.
public enum KeyHash {
    /// Why a text is no hash, or a key cannot be one; never holds the text.
    public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        public var message: String
        public var description: String { message }
    }

    static let prefix = "sha256:"

    /// What `apus keys hash` prints for a key; a line break at the key's end is left out.
    public static func line(for key: Bytes) throws(Fault) -> String {
        prefix + (try digest(of: key)).description
    }

    /// The digest of a key as callers send it.
    public static func digest(of key: Bytes) throws(Fault) -> SHA256Digest {
        var key = key
        while let last = key.isEmpty ? nil : key[key.count - 1], last == 0x0A || last == 0x0D {
            key = key.prefix(key.count - 1)
        }
        guard !key.isEmpty else {
            throw Fault(message: "the key is empty; write it on standard input")
        }
        guard HeaderRule.isCredential(key.string) else {
            throw Fault(
                message: "a key must be visible ASCII characters without blanks,"
                    + " since it travels in a header")
        }
        return hash(key)
    }

    static func parse(_ text: String) throws(Fault) -> SHA256Digest {
        guard text.hasPrefix(prefix) else {
            if text.utf8.count == 64, isHex(text[...]) {
                throw Fault(message: "a hash begins with its kind; write \"sha256:\" before it")
            }
            throw Fault(
                message: "this looks like a key itself, not its hash;"
                    + " run 'apus keys hash' and write what it prints")
        }
        let digits = text.dropFirst(prefix.count)
        guard isHex(digits), digits.utf8.count == 64 else {
            throw Fault(
                message: "a hash has 64 hexadecimal digits in lower case after 'sha256:';"
                    + " run 'apus keys hash' and write what it prints")
        }
        guard let digest = SHA256Digest(hex: digits) else {
            throw Fault(message: "a hash has 64 hexadecimal digits after 'sha256:'")
        }
        guard digest != hash(Bytes()) else {
            throw Fault(
                message: "this is the hash of an empty key;"
                    + " run 'apus keys hash' and write what it prints")
        }
        return digest
    }

    private static func hash(_ bytes: Bytes) -> SHA256Digest {
        var hasher = SHA256Hasher()
        return hasher.digest(of: bytes.span)
    }

    private static func isHex(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 6 }
    }
}
