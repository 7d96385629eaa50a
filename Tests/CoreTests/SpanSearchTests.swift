// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct SpanSearchTests {
    @Test("a line break is found at every distance, from every start", arguments: [0x0A, 0x0D])
    func lineBreaks(byte: Int) {
        for count in 0..<50 {
            for place in 0...count {
                // Neighbours of the wanted bytes and non-ASCII ones must not be taken for them.
                let fillers: [UInt8] = [0x09, 0x0B, 0x0C, 0x0E, 0x8A, 0x8D, 0x00, 0xFF]
                var bytes = (0..<count).map { fillers[$0 % fillers.count] }
                if place < count { bytes[place] = UInt8(byte) }
                let found = bytes.span.indexOfLineBreak(from: 0)
                #expect(found == place)
                let behind = bytes.span.indexOfLineBreak(from: min(place + 1, count))
                #expect(behind == count)
            }
        }
    }

    @Test("of several line breaks the first counts")
    func severalLineBreaks() {
        let bytes = Bytes("0123456789abc\r\n\r\n0123456789abcdef\n")
        #expect(bytes.span.indexOfLineBreak(from: 0) == 13)
        #expect(bytes.span.indexOfLineBreak(from: 14) == 14)
        #expect(bytes.span.indexOfLineBreak(from: 17) == 33)
        #expect(bytes.span.indexOfLineBreak(from: 34) == 34)
    }

    @Test("every byte value is marked exactly when it should be")
    func lanes() {
        for byte in UInt8.min...UInt8.max {
            for lane in 0..<16 {
                var block = SIMD16<UInt8>(repeating: 0x41)
                block[lane] = byte
                let equal = block.lanesEqual(to: 0x22).firstMarkedLane
                #expect(equal == (byte == 0x22 ? lane : nil))
                let below = block.lanesBelow(0x20).firstMarkedLane
                #expect(below == (byte < 0x20 ? lane : nil))
            }
        }
    }
}
