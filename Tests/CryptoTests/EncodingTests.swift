// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Testing

@Suite struct EncodingTests {
    @Test(
        "base64 gives the values of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func knownTexts(plain: String, text: String) {
        let bare = text.filter { $0 != "=" }
        #expect(Base64.standard.text(Bytes(plain)) == text)
        #expect(Base64.url.text(Bytes(plain)) == bare)
        for alphabet in [Base64.standard, .url] {
            #expect(alphabet.bytes(text)?.string == plain)
            #expect(alphabet.bytes(bare)?.string == plain)
        }
    }

    @Test("the two alphabets differ in the last two symbols and nowhere else")
    func alphabets() {
        let raw = Bytes([0xFB, 0xFF, 0xBF])
        #expect(Base64.standard.text(raw) == "+/+/")
        #expect(Base64.url.text(raw) == "-_-_")
        #expect(Base64.url.bytes("+/+/") == nil)
        #expect(Base64.standard.bytes("-_-_") == nil)
    }

    @Test(
        "text that is no base64 is refused",
        arguments: [
            "Z", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "Zm 9v", "Zm9v\n", "Z=g=", "Zm9v====",
        ])
    func badTexts(text: String) {
        #expect(Base64.standard.bytes(text) == nil)
    }

    @Test("every length survives both encodings", arguments: 0..<66)
    func roundTrip(length: Int) throws {
        let raw = RandomBytes.make(count: length)
        #expect(raw.count == length)
        #expect(unhex(hex(raw)) == raw)
        for alphabet in [Base64.standard, .url] {
            #expect(alphabet.bytes(alphabet.text(raw)) == raw)
        }
    }

    @Test("hexadecimal text of odd length or foreign digits is refused")
    func badHex() {
        #expect(hex(Bytes([0, 0x0F, 0xA5])) == "000fa5")
        #expect(unhex("A5")?[0] == 0xA5)
        #expect(unhex("abc") == nil)
        #expect(unhex("0x") == nil)
    }

    @Test("random bytes fill the whole span and do not repeat")
    func randomness() {
        #expect(RandomBytes.make(count: 32) != RandomBytes.make(count: 32))
        #expect(RandomBytes.seed() != RandomBytes.seed())
        var tail: [UInt8] = .init(repeating: 0, count: 4096)
        var span = tail.mutableSpan
        RandomBytes.fill(&span)
        #expect(!tail[4064...].allSatisfy { $0 == 0 })
    }
}
