// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct ByteReaderTests {
    @Test("integers are read as they were written, in network order")
    func integers() {
        var writer = ByteWriter()
        writer.append(bigEndian: UInt16(0x0102))
        writer.append(bigEndian: UInt32(0x0304_0506))
        writer.append(bigEndian: UInt64(0x0708_090A_0B0C_0D0E))
        let bytes = writer.finish()
        #expect((0..<bytes.count).map { Int(bytes[$0]) } == Array(1...14))
        var reader = ByteReader(bytes.span)
        let read = (reader.uint16(), reader.uint32(), reader.uint64(), reader.remaining)
        #expect(read == (0x0102, 0x0304_0506, 0x0708_090A_0B0C_0D0E, 0))
    }

    @Test("an overrun fails for ever and yields zeros")
    func overrun() {
        let bytes: Bytes = "abc"
        var reader = ByteReader(bytes.span)
        let wide = reader.uint32()
        let after = reader.byte()
        let state = (wide, after, reader.failed, reader.remaining)
        #expect(state == (0, 0, true, 0))
    }

    @Test("text is valid UTF-8 without NUL, or nothing", arguments: [[0xC3], [0x61, 0], [0xFF]])
    func text(bytes: [UInt8]) {
        let bytes = Bytes(bytes)
        var reader = ByteReader(bytes.span)
        let text = reader.text(bytes.count)
        let failed = reader.failed
        #expect(text == "" && failed)
        let good = Bytes("grüße")
        var second = ByteReader(good.span)
        let read = second.text(good.count)
        #expect(read == "grüße")
    }

    @Test(
        "logarithms", arguments: [(1.0, 0.0), (2.718281828459045, 1), (10, 2.302585092994046)])
    func logarithms(value: Double, expected: Double) {
        #expect(abs(value.naturalLogarithm - expected) < 1e-12)
        #expect(abs(1000.0.decimalLogarithm - 3) < 1e-12)
        #expect(abs((1 / value).naturalLogarithm + expected) < 1e-12)
    }
}
