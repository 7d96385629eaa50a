// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// A keyed checksum in place of an AEAD: detects every alteration by chance 2^-64, hides nothing.
struct ChecksumSealer: DatagramSealer {
    func makeKey(rootKey: Secret, info: Span<UInt8>) -> any SealingKey {
        let secret = rootKey.reveal()
        let key = ChecksumKey.hash(secret.span, seed: 1)
        return ChecksumKey(ChecksumKey.hash(info, seed: key))
    }
}

/// A key of `ChecksumSealer`.
final class ChecksumKey: SealingKey {
    private let key: UInt64

    init(_ key: UInt64) { self.key = key }

    func seal(
        _ message: Span<UInt8>, nonce: UInt64, associated: Span<UInt8>,
        into writer: inout ByteWriter
    ) {
        writer.append(message)
        let tag = checksum(message, nonce, associated)
        writer.append(bigEndian: tag)
        writer.append(bigEndian: ~tag)
    }

    func open(
        _ sealed: Span<UInt8>, nonce: UInt64, associated: Span<UInt8>,
        into writer: inout ByteWriter
    ) -> Bool {
        let length = sealed.count - Envelope.tagLength
        guard length >= 0 else { return false }
        let message = sealed.extracting(0..<length)
        var reader = ByteReader(sealed.extracting(length..<sealed.count))
        let tag = reader.uint64()
        guard reader.uint64() == ~tag, tag == checksum(message, nonce, associated) else {
            return false
        }
        writer.append(message)
        return true
    }

    private func checksum(
        _ message: Span<UInt8>, _ nonce: UInt64, _ associated: Span<UInt8>
    ) -> UInt64 {
        Self.hash(message, seed: Self.hash(associated, seed: key ^ nonce))
    }

    /// FNV-like over words of eight bytes, with a strong finish.
    static func hash(_ bytes: Span<UInt8>, seed: UInt64) -> UInt64 {
        var mixed = seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(bytes.count + 1)
        var index = 0
        while index < bytes.count {
            var word: UInt64 = 0
            let end = min(index + 8, bytes.count)
            while index < end {
                word = word << 8 | UInt64(bytes[index])
                index += 1
            }
            mixed = (mixed ^ word) &* 0xBF58_476D_1CE4_E5B9
            mixed ^= mixed >> 29
        }
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
