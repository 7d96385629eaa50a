// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Crypto

/// AES-256-GCM under keys that HKDF derives per sender: what the cluster's gate seals with.
struct ClusterSealer: DatagramSealer {
    private static let salt = Bytes("apus cluster 1")

    func makeKey(rootKey: Secret, info: Span<UInt8>) -> any SealingKey {
        let derived = HKDF.derive(rootKey, salt: Self.salt.span, info: info)
        do throws(AEADFault) {
            return ClusterSealingKey(try AEADKey(.aes256GCM, key: derived))
        } catch {
            preconditionFailure("a derived key has 32 bytes, and this one is refused: \(error)")
        }
    }
}

/// One sender's key with its ciphers set up.
private final class ClusterSealingKey: SealingKey {
    private let key: AEADKey

    init(_ key: AEADKey) { self.key = key }

    func seal(
        _ message: Span<UInt8>, nonce: UInt64, associated: Span<UInt8>, into: inout ByteWriter
    ) {
        // The key is this sender's alone, so its counter alone makes the nonce unique.
        key.seal(
            message, nonce: AEADNonce(prefix: 0, counter: nonce), associated: associated,
            into: &into)
    }

    func open(
        _ sealed: Span<UInt8>, nonce: UInt64, associated: Span<UInt8>, into: inout ByteWriter
    ) -> Bool {
        do throws(AEADFault) {
            try key.open(
                sealed, nonce: AEADNonce(prefix: 0, counter: nonce), associated: associated,
                into: &into)
            return true
        } catch {
            return false
        }
    }
}
