// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import JSON
import Testing

@Suite struct JSONWriterTests {
    @Test("commas and colons come by themselves")
    func structure() {
        var json = JSONWriter()
        json.beginObject()
        json.key("a")
        json.int(1)
        json.key("b")
        json.beginArray()
        json.endArray()
        json.key("c")
        json.beginArray()
        json.bool(true)
        json.null()
        json.beginObject()
        json.endObject()
        json.double(0.1)
        json.raw("[1]" as Bytes)
        json.string("x" as StaticString)
        json.endArray()
        json.key(Bytes("d\"").span)
        json.double(.nan)
        json.endObject()
        #expect(
            json.finish()
                == #"{"a":1,"b":[],"c":[true,null,{},0.1,[1],"x"],"d\"":null}"#)
    }

    @Test("a writer goes on behind what is there")
    func continuing() {
        var output = ByteWriter()
        output.append("data: ")
        var json = JSONWriter(output)
        json.int(-5)
        var rest = json.intoWriter()
        rest.append("\n\n")
        #expect(rest.finish() == "data: -5\n\n")
    }

    @Test("any bytes written as a string read back as their repaired text")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<3_000 {
            let count = Int.random(in: 0..<40, using: &generator)
            let isText = Bool.random(using: &generator)
            var bytes: [UInt8] = []
            for _ in 0..<count {
                if isText {
                    let point = UInt32.random(in: 0..<0x300, using: &generator)
                    bytes += Array(String(Unicode.Scalar(point) ?? "\u{1F426}").utf8)
                } else {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                }
            }
            var json = JSONWriter()
            json.string(bytes.span)
            let written = json.finish()
            let slice = try JSONScanner.validate(written.span)
            let read = try #require(slice.string(in: written))
            let whole = try JSONSerialization.jsonObject(
                with: Data(written.string.utf8), options: .fragmentsAllowed)
            #expect(read.string == whole as? String)
            if isText { #expect(read == Bytes(bytes)) }
            if String(validating: bytes, as: UTF8.self) != nil { #expect(read == Bytes(bytes)) }
        }
    }

    @Test(
        "doubles read back as the same double",
        arguments: [
            0, -0.0, 0.1, 1, 1e21, 1e-7, 123456.789, .greatestFiniteMagnitude,
            .leastNonzeroMagnitude,
        ])
    func doubles(value: Double) throws {
        var json = JSONWriter()
        json.double(value)
        let text = json.finish()
        let slice = try JSONScanner.validate(text.span)
        #expect(slice.double(in: text.span)?.bitPattern == value.bitPattern)
    }

    @Test("integers at their ends", arguments: [Int64.min, -1, 0, Int64.max])
    func ints(value: Int64) {
        var json = JSONWriter()
        json.int(value)
        #expect(json.finish().string == String(value))
    }

    @Test("every control character is escaped")
    func controls() throws {
        for byte in UInt8(0)..<0x20 {
            var json = JSONWriter()
            json.string([0x61, byte, 0x62].span)
            let text = json.finish()
            #expect(
                try JSONScanner.validate(text.span).string(in: text) == Bytes([0x61, byte, 0x62]))
        }
    }

    @Test("closing what was not opened traps")
    func misuse() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.endObject()
            _ = json.finish()
        }
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.beginObject()
            _ = json.finish()
        }
    }
}
