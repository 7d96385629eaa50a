// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL

/// Algorithms fetched from OpenSSL once per process; immutable, so threads may share them.
enum CryptoLibrary {
    // Immutable once fetched, and never freed.
    nonisolated(unsafe) static let sha256 = unsafe required(EVP_MD_fetch(nil, "SHA256", nil))
    // Immutable once fetched, and never freed.
    nonisolated(unsafe) static let hmac = unsafe required(EVP_MAC_fetch(nil, "HMAC", nil))
    // Immutable once fetched, and never freed.
    nonisolated(unsafe) static let aes256GCM = unsafe required(
        EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))
    // Immutable once fetched, and never freed.
    nonisolated(unsafe) static let chacha20Poly1305 = unsafe required(
        EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil))

    private static func required(_ algorithm: OpaquePointer?) -> OpaquePointer {
        guard let algorithm = unsafe algorithm else {
            preconditionFailure("the OpenSSL library lacks an algorithm that TLS itself needs")
        }
        return unsafe algorithm
    }
}
