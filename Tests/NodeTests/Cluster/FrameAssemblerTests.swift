// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Node

@Suite struct FrameAssemblerTests {
    /// Everything that comes out when the bytes arrive in pieces; nil after a fault.
    private func frames(of bytes: [UInt8], limit: Int, pieces: Int) -> [String]? {
        var assembler = FrameAssembler(limit: limit)
        var found: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            assembler.append(piece.span)
            do throws(FrameAssembler.Fault) {
                while let frame = try assembler.next() { found.append(frame.string) }
            } catch { return nil }
        }
        return found
    }

    @Test("frames come out whole, however they arrive", arguments: [1, 2, 3, 5, 100])
    func pieces(count: Int) {
        var writer = ByteWriter()
        FrameAssembler.write("hello", to: &writer)
        FrameAssembler.write("x", to: &writer)
        let bytes = writer.finish()
        let raw = (0..<bytes.count).map { bytes[$0] }
        #expect(frames(of: raw, limit: 5, pieces: count) == ["hello", "x"])
        #expect(frames(of: raw, limit: 4, pieces: count) == nil)
    }

    @Test("an empty frame and one that claims too much are faults before their bytes come")
    func faults() {
        #expect(frames(of: [0, 0, 0, 0], limit: 9, pieces: 4) == nil)
        #expect(frames(of: [255, 255, 255, 255], limit: 9, pieces: 4) == nil)
        #expect(frames(of: [0, 0, 0, 9], limit: 9, pieces: 4) == [])
    }

    @Test("a greeting of fixed length comes before the frames")
    func greeting() throws {
        var assembler = FrameAssembler(limit: 9)
        assembler.append(Bytes("hel").span)
        let early = assembler.take(5)
        #expect(early == nil)
        assembler.append(Bytes([UInt8(ascii: "l"), UInt8(ascii: "o"), 0, 0, 0, 1, 65]).span)
        let greeting = assembler.take(5)
        #expect(greeting == "hello")
        let frame = try assembler.next()
        #expect(frame == "A")
    }
}
