// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Testing

@Suite struct HKDFTests {
    private func derive(_ secret: Bytes, _ salt: Bytes, _ info: Bytes) -> Secret {
        HKDF.derive(Secret(secret), salt: salt.span, info: info.span)
    }

    @Test("the first block is that of RFC 5869, appendix A.1")
    func knownBlock() throws {
        let secret = try #require(unhex(String(repeating: "0b", count: 22)))
        let salt = try #require(unhex("000102030405060708090a0b0c"))
        let info = try #require(unhex("f0f1f2f3f4f5f6f7f8f9"))
        let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        #expect(hex(derive(secret, salt, info).reveal()) == expected)
    }

    @Test("salt, info and secret each make another key")
    func separation() {
        let key = derive("s", "t", "i")
        #expect(key == derive("s", "t", "i"))
        #expect(key != derive("S", "t", "i"))
        #expect(key != derive("s", "T", "i"))
        #expect(key != derive("s", "t", "I"))
    }
}
