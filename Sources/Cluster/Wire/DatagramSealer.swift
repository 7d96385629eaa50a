// SPDX-License-Identifier: Apache-2.0
public import Core

/// Port: makes sealing keys out of a root key; the node satisfies it with HKDF and an AEAD.
public protocol DatagramSealer {
    /// The key that one sender uses: HKDF(root key, `info`), where `info` is uid ‖ boot.
    func makeKey(rootKey: Secret, info: Span<UInt8>) -> any SealingKey
}

/// Port: authenticated encryption under one key, with a 16-byte tag behind the text.
public protocol SealingKey: AnyObject {
    /// Appends ciphertext and tag; a nonce is never used twice under one key.
    func seal(
        _ message: Span<UInt8>, nonce: UInt64, associated: Span<UInt8>, into: inout ByteWriter)

    /// Appends the text and returns true, or appends nothing and returns false.
    func open(
        _ sealed: Span<UInt8>, nonce: UInt64, associated: Span<UInt8>, into: inout ByteWriter
    ) -> Bool
}
