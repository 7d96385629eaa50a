// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct SpanContainsTests {
    private func has(_ bytes: Bytes, _ text: StaticString) -> Bool { bytes.span.contains(text) }

    @Test("a text is found at each place, in texts of each length, and nothing else is")
    func places() {
        for count in 0..<60 {
            for place in 0..<max(1, count) {
                var text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
                #expect(!has(Bytes(text), "ab::"))
                let isWhole = place + 4 <= count
                for (index, byte) in "ab::".utf8.enumerated() where place + index < count {
                    text[place + index] = byte
                }
                #expect(has(Bytes(text), "ab::") == isWhole, "\(place) of \(count)")
            }
        }
    }

    @Test("one byte, and beginnings that do not go on")
    func edges() {
        #expect(has("x", "x"))
        #expect(!has("", "x"))
        #expect(!has(Bytes(String(repeating: "a:", count: 40)), "ab:"))
        #expect(has(Bytes(String(repeating: "a:", count: 40) + "ab:"), "ab:"))
    }
}
