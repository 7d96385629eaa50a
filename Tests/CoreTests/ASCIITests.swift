// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct ASCIITests {
    @Test("two texts are equal exactly when no byte differs, at any length", arguments: 0...40)
    func equality(length: Int) {
        let text = (0..<length).map { UInt8($0 + 1) }
        #expect(Bytes(text) == Bytes(text))
        #expect(Bytes(text) != Bytes(text + [0]))
        for place in 0..<length {
            var other = text
            other[place] ^= 0x80
            #expect(Bytes(text) != Bytes(other))
        }
    }

    @Test("an empty text equals every other empty one, wherever it lies")
    func empty() {
        let nowhere = Bytes()
        let within = Bytes("abc").dropFirst(3)
        #expect(nowhere == within)
        #expect(within == nowhere)
        #expect(Self.isEqual(nowhere, ""))
        #expect(Self.isEqual(within, ""))
        #expect(!Self.isEqual(within, "a"))
    }

    @Test(
        "a literal is compared to its last byte",
        arguments: [
            ("model", true), ("modem", false), ("mode", false), ("models", false), ("Model", false),
        ])
    func literals(text: String, isEqual: Bool) {
        #expect(Self.isEqual(Bytes(text), "model") == isEqual)
        #expect(Self.isEqual(Bytes("a_longer_" + text), "a_longer_model") == isEqual)
    }

    @Test("capitals are ignored in letters alone, at every place")
    func ignoringCase() {
        let lowercase: StaticString = "az-09_{}@[`content-type"
        let text = Array(lowercase.description.utf8)
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var other = text
                other[place] = byte
                let wanted = ASCII.lowercased(byte) == text[place]
                let found = Bytes(other).span.equalsIgnoringCase(lowercase)
                #expect(found == wanted, "\(byte) at \(place)")
            }
        }
        let short: [(String, Bool)] = [("HOST", true), ("host", true), ("h0st", false)]
        for (name, isEqual) in short {
            let found = Bytes(name).span.equalsIgnoringCase("host")
            #expect(found == isEqual)
        }
    }

    private static func isEqual(_ text: Bytes, _ literal: StaticString) -> Bool {
        text.span.equals(literal)
    }

    @Test("sixteen hexadecimal digits are those of the number")
    func hexadecimal() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let value = generator.next()
            var writer = ByteWriter()
            writer.append(hex: value, width: 16)
            let digits = String(value, radix: 16)
            let zeros = String(repeating: "0", count: 16 - digits.count)
            #expect(writer.finish().string == zeros + digits)
        }
    }

    @Test("decimal digits are those of the number, padded to the width")
    func decimal() {
        let values = [0, 1, 9, 10, 99, 100, 12_345_678, 99_999_999, 100_000_000, 1 << 40, .max]
        for value in values {
            for width in [1, 2, 8, 9, 20] {
                var writer = ByteWriter(capacity: 1)
                writer.append(digits: value, width: width)
                let zeros = String(repeating: "0", count: max(0, width - "\(value)".count))
                #expect(writer.finish().string == zeros + "\(value)")
            }
        }
    }
}
