// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Testing

@Suite struct HKDFTests {
    @Test("the first block is that of RFC 5869, appendix A.1")
    func knownBlock() throws {
        let secret = try #require(
            Hex.decode(Bytes(String(repeating: "0b", count: 22)).span))
        let salt = try #require(Hex.decode(Bytes("000102030405060708090a0b0c").span))
        let info = try #require(Hex.decode(Bytes("f0f1f2f3f4f5f6f7f8f9").span))
        let key = HKDF.derive(Secret(secret), salt: salt.span, info: info.span)
        let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        #expect(Hex.encode(key.reveal().span) == expected)
    }

    @Test("salt, info and secret each make another key")
    func separation() {
        let derive = { (secret: String, salt: String, info: String) in
            HKDF.derive(
                Secret(Bytes(secret)), salt: Bytes(salt).span, info: Bytes(info).span)
        }
        let key = derive("s", "t", "i")
        #expect(key == derive("s", "t", "i"))
        #expect(key != derive("S", "t", "i"))
        #expect(key != derive("s", "T", "i"))
        #expect(key != derive("s", "t", "I"))
    }
}
