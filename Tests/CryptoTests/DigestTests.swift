// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Testing

@Suite struct DigestTests {
    @Test(
        "SHA-256 gives the values of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func knownDigests(message: String, hex: String) {
        var hasher = SHA256Hasher()
        for _ in 0..<2 {  // The context serves again and again.
            let digest = hasher.digest(of: Bytes(message).span)
            #expect(digest.description == hex)
        }
        #expect(SHA256Digest(hex: hex.uppercased())?.description == hex)
    }

    @Test("pieces give the digest of the whole, and a digest forgets an unfinished message")
    func pieces() {
        var hasher = SHA256Hasher()
        let whole = hasher.digest(of: Bytes("hello, world").span)
        hasher.update(Bytes("hello").span)
        hasher.update(Bytes().span)
        hasher.update(Bytes(", world").span)
        let pieced = hasher.finish()
        #expect(pieced == whole)
        hasher.update(Bytes("left over").span)
        let again = hasher.digest(of: Bytes("hello, world").span)
        #expect(again == whole)
        let empty = hasher.finish()
        #expect(empty.description.hasPrefix("e3b0c44298fc1c14"))
    }

    @Test("digests differ in every byte", arguments: 0..<32)
    func inequality(position: Int) throws {
        var raw = [UInt8](0..<32)
        let first = try #require(digest(raw: raw))
        raw[position] ^= 0x80
        let other = try #require(digest(raw: raw))
        #expect(first != other)
        #expect(Set([first, other, first]).count == 2)
        #expect(first.leadingWord == 0x0001_0203_0405_0607)
    }

    @Test("text of the wrong length or alphabet is no digest")
    func badHex() {
        let good = String(repeating: "a", count: 64)
        #expect(SHA256Digest(hex: good) != nil)
        #expect(SHA256Digest(hex: good.dropLast()) == nil)
        #expect(SHA256Digest(hex: good + "a") == nil)
        #expect(SHA256Digest(hex: good.dropLast() + "g") == nil)
        #expect(digest(raw: [1, 2, 3]) == nil)
    }

    @Test(
        "HMAC-SHA-256 gives the values of RFC 4231",
        arguments: [
            (
                String(repeating: "0b", count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                "4a656665", "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                String(repeating: "aa", count: 131),
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            ("", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ])
    func knownCodes(key: String, message: String, hex: String) throws {
        let key = try #require(unhex(key))
        var code = HMACSHA256(key: key.span)
        for _ in 0..<2 {
            let whole = code.authenticate(Bytes(message).span)
            #expect(whole.description == hex)
        }
        for letter in message { code.update(Bytes(String(letter)).span) }
        let pieced = code.finish()
        #expect(pieced.description == hex)
        code.update(Bytes("left over").span)
        let again = code.authenticate(Bytes(message).span)
        #expect(again.description == hex)
    }
}
