// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL

/// Computes SHA-256 (FIPS 180-4) with one context that serves its owner for life.
@safe public struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer
    private let algorithm: OpaquePointer
    private var isFresh = false

    /// Ready for the first message.
    public init() {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("no memory for a digest context")
        }
        unsafe self.context = context
        // Fetched once: an implicit fetch per digest costs more than to hash 64 bytes.
        unsafe algorithm = CryptoLibrary.sha256
        start()
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// The digest of one piece; forgets anything updated before.
    public mutating func digest(of piece: Span<UInt8>) -> SHA256Digest {
        start()
        update(piece)
        return finish()
    }

    /// Adds a piece to the message.
    public mutating func update(_ piece: Span<UInt8>) {
        guard piece.count > 0 else { return }
        isFresh = false
        let done = unsafe piece.withUnsafeBufferPointer { buffer in
            unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
        precondition(done == 1, "SHA-256 update failed")
    }

    /// The digest of all pieces so far; the next piece starts a new message.
    public mutating func finish() -> SHA256Digest {
        var digest = SHA256Digest()
        var room = digest.bytes.mutableSpan
        let done = unsafe room.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
        }
        precondition(done == 1, "SHA-256 final failed")
        isFresh = false
        start()
        return digest
    }

    private mutating func start() {
        guard !isFresh else { return }
        precondition(unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1, "SHA-256 init failed")
        isFresh = true
    }
}
