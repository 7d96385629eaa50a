// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104) under one key, with one context that serves its owner for life.
@safe public struct HMACSHA256: ~Copyable {
    private let context: OpaquePointer

    /// Any key length; an empty key is allowed by the RFC and by us.
    public init(key: Span<UInt8>) {
        guard let context = unsafe EVP_MAC_CTX_new(CryptoLibrary.hmac) else {
            preconditionFailure("no memory for a MAC context")
        }
        unsafe self.context = context
        let done = unsafe key.withUnsafeBufferPointer { secret in
            unsafe apus_hmac_sha256_init(context, secret.baseAddress, secret.count)
        }
        precondition(done == 1, "HMAC init failed")
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// The code of one piece; forgets anything updated before.
    public mutating func authenticate(_ piece: Span<UInt8>) -> SHA256Digest {
        restart()
        update(piece)
        return finish()
    }

    /// Adds a piece to the message.
    public mutating func update(_ piece: Span<UInt8>) {
        guard piece.count > 0 else { return }
        let done = unsafe piece.withUnsafeBufferPointer { buffer in
            unsafe EVP_MAC_update(context, buffer.baseAddress, buffer.count)
        }
        precondition(done == 1, "HMAC update failed")
    }

    /// The code of all pieces so far; the next piece starts a new message.
    public mutating func finish() -> SHA256Digest {
        var code = SHA256Digest()
        var room = code.bytes.mutableSpan
        let done = unsafe room.withUnsafeMutableBufferPointer { buffer in
            var length = 0
            return unsafe EVP_MAC_final(context, buffer.baseAddress, &length, buffer.count)
        }
        precondition(done == 1, "HMAC final failed")
        restart()
        return code
    }

    private mutating func restart() {
        precondition(unsafe EVP_MAC_init(context, nil, 0, nil) == 1, "HMAC restart failed")
    }
}
