// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto

// Expectation macros take copyable, escapable arguments only: these wrap what borrows.

func unhex(_ text: String) -> Bytes? { Hex.decode(Bytes(text).span) }

func hex(_ bytes: Bytes) -> String { Hex.encode(bytes.span) }

func digest(raw: [UInt8]) -> SHA256Digest? { SHA256Digest(raw.span) }

func nonce(raw: [UInt8]) -> AEADNonce? { AEADNonce(raw.span) }

func hex(_ nonce: AEADNonce) -> String { Hex.encode(nonce.span) }

extension Base64 {
    func text(_ bytes: Bytes) -> String { encode(bytes.span) }

    func bytes(_ text: String) -> Bytes? { decode(Bytes(text).span) }
}

extension AEADKey {
    func sealed(_ message: Bytes, nonce: AEADNonce, associated: Bytes) -> Bytes {
        var writer = ByteWriter()
        seal(message.span, nonce: nonce, associated: associated.span, into: &writer)
        return writer.finish()
    }

    /// The message, and what the writer holds after a refusal must be nothing.
    func opened(_ sealed: Bytes, nonce: AEADNonce, associated: Bytes) throws(AEADFault) -> Bytes {
        var writer = ByteWriter()
        do throws(AEADFault) {
            try open(sealed.span, nonce: nonce, associated: associated.span, into: &writer)
        } catch {
            precondition(writer.isEmpty, "a refused message was appended")
            throw error
        }
        return writer.finish()
    }
}
