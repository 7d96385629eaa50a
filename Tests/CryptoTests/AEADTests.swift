// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Testing

@Suite struct AEADTests {
    private let secret = Secret(Bytes([UInt8](0x80..<0xA0)))

    @Test("ChaCha20-Poly1305 gives the value of RFC 8439 §2.8.2")
    func knownChaCha() throws {
        let key = try AEADKey(.chacha20Poly1305, key: secret)
        let number = try #require(
            nonce(raw: [7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47]))
        let associated = try #require(unhex("50515253c0c1c2c3c4c5c6c7"))
        let message: Bytes = """
            Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
            future, sunscreen would be it.
            """
        let sealed = key.sealed(message, nonce: number, associated: associated)
        #expect(hex(sealed.prefix(16)) == "d31a8d34648e60db7b86afbc53ef7ec2")
        #expect(hex(sealed.dropFirst(message.count)) == "1ae10b594f09e26a7e902ecbd0600691")
    }

    @Test("AES-256-GCM gives the values of the GCM paper, cases 13 and 14")
    func knownGCM() throws {
        let zero = Bytes([UInt8](repeating: 0, count: 32))
        let key = try AEADKey(.aes256GCM, key: Secret(zero))
        let number = AEADNonce(prefix: 0, counter: 0)
        let empty = key.sealed(Bytes(), nonce: number, associated: Bytes())
        #expect(hex(empty) == "530f8afbc74536b9a963b4f1c4cb738b")
        let block = key.sealed(zero.prefix(16), nonce: number, associated: Bytes())
        #expect(hex(block) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    }

    @Test(
        "what was sealed opens, and nothing else does",
        arguments: [AEADKey.Algorithm.aes256GCM, .chacha20Poly1305], [0, 1, 15, 16, 17, 1400])
    func roundTrip(algorithm: AEADKey.Algorithm, length: Int) throws {
        let key = try AEADKey(algorithm, key: secret)
        let number = AEADNonce(prefix: 0x0102_0304, counter: 5)
        let message = RandomBytes.make(count: length)
        let sealed = key.sealed(message, nonce: number, associated: "v1")
        #expect(sealed.count == length + AEADKey.tagLength)
        #expect(try key.opened(sealed, nonce: number, associated: "v1") == message)
        for position in 0..<sealed.count where position < 20 || position >= length {
            var copy = (0..<sealed.count).map { sealed[$0] }
            copy[position] ^= 1
            #expect(throws: AEADFault.notAuthentic) {
                try key.opened(Bytes(copy), nonce: number, associated: "v1")
            }
        }
        #expect(throws: AEADFault.notAuthentic) {
            try key.opened(sealed, nonce: number, associated: "v2")
        }
        let later = AEADNonce(prefix: 0x0102_0304, counter: 6)
        #expect(throws: AEADFault.notAuthentic) {
            try key.opened(sealed, nonce: later, associated: "v1")
        }
        #expect(try key.opened(sealed, nonce: number, associated: "v1") == message)
    }

    @Test("a short key and a short message are told apart from forgery")
    func lengths() throws {
        #expect(throws: AEADFault.keyLength(31)) {
            try AEADKey(key: Secret(RandomBytes.make(count: 31)))
        }
        let key = try AEADKey(key: secret)
        #expect(throws: AEADFault.truncated) {
            try key.opened(RandomBytes.make(count: 15), nonce: .fresh(), associated: Bytes())
        }
    }

    @Test("a nonce is prefix then counter, big-endian")
    func nonces() {
        let number = AEADNonce(prefix: 0x0102_0304, counter: 0x0506_0708_090A_0B0C)
        #expect(hex(number) == "0102030405060708090a0b0c")
        #expect(nonce(raw: [1, 2]) == nil)
    }
}
