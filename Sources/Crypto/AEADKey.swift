// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
public import Core

/// Why a key could not be made or a sealed message not be opened.
public enum AEADFault: Error, Hashable, Sendable {
    /// The key has not 32 bytes.
    case keyLength(Int)
    /// The sealed message is shorter than its tag.
    case truncated
    /// Wrong key, nonce or associated data, or a changed message; which, nobody can tell.
    case notAuthentic
}

/// Authenticated encryption (RFC 5116) under one 256-bit key; one owner, one thread at a time.
@safe public final class AEADKey {
    /// Ciphers of TLS 1.3 with 256-bit keys, 96-bit nonces and 128-bit tags.
    public enum Algorithm: Sendable, Hashable {
        case aes256GCM, chacha20Poly1305
    }

    /// Bytes that sealing adds behind the message.
    public static let tagLength = 16

    private let sealing: OpaquePointer
    private let opening: OpaquePointer

    /// Computes the key schedule once, for all messages to come.
    public init(_ algorithm: Algorithm = .aes256GCM, key: Secret) throws(AEADFault) {
        let secret = key.reveal()
        guard secret.count == 32 else { throw .keyLength(secret.count) }
        guard let sealing = unsafe EVP_CIPHER_CTX_new(),
            let opening = unsafe EVP_CIPHER_CTX_new()
        else { preconditionFailure("no memory for a cipher context") }
        unsafe self.sealing = sealing
        unsafe self.opening = opening
        let cipher =
            unsafe algorithm == .aes256GCM
            ? CryptoLibrary.aes256GCM : CryptoLibrary.chacha20Poly1305
        // The key schedule is computed here, once; messages only change the nonce.
        let done = unsafe secret.withUnsafeBytes { buffer in
            let start = unsafe buffer.bindMemory(to: UInt8.self).baseAddress
            return unsafe EVP_EncryptInit_ex2(sealing, cipher, start, nil, nil) == 1
                && EVP_DecryptInit_ex2(opening, cipher, start, nil, nil) == 1
        }
        precondition(done, "AEAD init failed")
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(sealing)
        unsafe EVP_CIPHER_CTX_free(opening)
    }

    /// Appends the encrypted message and its tag; the nonce must never have been used before.
    public func seal(
        _ message: Span<UInt8>, nonce: AEADNonce, associated: Span<UInt8>,
        into writer: inout ByteWriter
    ) {
        let start = unsafe nonce.bytes.span.withUnsafeBufferPointer { number in
            unsafe EVP_EncryptInit_ex2(sealing, nil, nil, number.baseAddress, nil)
        }
        precondition(start == 1, "AEAD nonce refused")
        unsafe writer.appendUnsafe(atLeast: message.count + AEADKey.tagLength) { room in
            let output = unsafe room.bindMemory(to: UInt8.self).baseAddress
            var length: Int32 = 0
            var done = unsafe feed(sealing, nil, associated, EVP_EncryptUpdate)
            done = unsafe feed(sealing, output, message, EVP_EncryptUpdate) && done
            let tag = unsafe output.map { unsafe $0 + message.count }
            done = unsafe EVP_EncryptFinal_ex(sealing, tag, &length) == 1 && done
            done =
                unsafe EVP_CIPHER_CTX_ctrl(
                    sealing, EVP_CTRL_AEAD_GET_TAG, Int32(AEADKey.tagLength), tag) == 1 && done
            precondition(done, "AEAD sealing failed")
            return message.count + AEADKey.tagLength
        }
    }

    /// Appends the message that `seal` was given, or throws and appends nothing.
    public func open(
        _ sealed: Span<UInt8>, nonce: AEADNonce, associated: Span<UInt8>,
        into writer: inout ByteWriter
    ) throws(AEADFault) {
        let length = sealed.count - AEADKey.tagLength
        guard length >= 0 else { throw .truncated }
        let start = unsafe nonce.bytes.span.withUnsafeBufferPointer { number in
            unsafe EVP_DecryptInit_ex2(opening, nil, nil, number.baseAddress, nil)
        }
        precondition(start == 1, "AEAD nonce refused")
        var tag: InlineArray<16, UInt8> = .init(repeating: 0)
        for index in 0..<AEADKey.tagLength { tag[index] = sealed[length + index] }
        setTag(&tag)
        try unsafe writer.appendUnsafe(atLeast: max(length, 1)) { (room) throws(AEADFault) in
            let output = unsafe room.bindMemory(to: UInt8.self).baseAddress
            var rest: Int32 = 0
            var done = unsafe feed(opening, nil, associated, EVP_DecryptUpdate)
            done =
                unsafe feed(opening, output, sealed.extracting(0..<length), EVP_DecryptUpdate)
                && done
            done =
                unsafe EVP_DecryptFinal_ex(opening, output.map { unsafe $0 + length }, &rest) == 1
                && done
            if !done {
                // Text that is not authentic must not linger in memory that is handed on.
                unsafe OPENSSL_cleanse(output, length)
                ERR_clear_error()
                throw .notAuthentic
            }
            return length
        }
    }

    private func setTag(_ tag: inout InlineArray<16, UInt8>) {
        var span = tag.mutableSpan
        let done = unsafe span.withUnsafeMutableBytes { bytes in
            unsafe EVP_CIPHER_CTX_ctrl(
                opening, EVP_CTRL_AEAD_SET_TAG, Int32(AEADKey.tagLength), bytes.baseAddress)
        }
        precondition(done == 1, "AEAD tag refused")
    }

    private typealias Update = (
        OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?,
        UnsafePointer<UInt8>?, Int32
    ) -> Int32

    /// Without `output` the piece is associated data.
    private func feed(
        _ context: OpaquePointer, _ output: UnsafeMutablePointer<UInt8>?, _ piece: Span<UInt8>,
        _ update: Update
    ) -> Bool {
        guard piece.count > 0 else { return true }
        var length: Int32 = 0
        return unsafe piece.withUnsafeBufferPointer { buffer in
            unsafe update(context, output, &length, buffer.baseAddress, Int32(buffer.count)) == 1
        }
    }
}
