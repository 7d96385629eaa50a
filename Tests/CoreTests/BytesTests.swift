// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct BytesTests {
    @Test("a slice of a slice is relative to it")
    func slices() {
        let bytes: Bytes = "hello, world"
        #expect(bytes[7..<12][1..<3] == "or")
        #expect(bytes.dropFirst(100).isEmpty)
        #expect(bytes.prefix(5) == "hello")
    }

    @Test("bytes taken from a writer do not change when it goes on writing")
    func takenBytesAreFrozen() {
        var writer = ByteWriter(capacity: 8)
        writer.append("abc")
        let first = writer.take()
        for _ in 0..<100 { writer.append("0123456789") }
        #expect(first == "abc")
        #expect(writer.count == 1000)
        writer.removeAll(keepingCapacity: true)
        writer.append("xyz")
        #expect(first == "abc")
    }

    @Test("numbers", arguments: [Int.min, -1, 0, 7, 10, Int.max])
    func decimals(value: Int) {
        var writer = ByteWriter()
        writer.append(decimal: value)
        #expect(writer.finish().string == String(value))
    }

    @Test(
        "decimal text that is no Int is refused",
        arguments: ["", "-1", "1a", "9223372036854775808"])
    func badDecimals(text: String) {
        #expect(Bytes(text).span.decimal == nil)
        #expect(Bytes("9223372036854775807").span.decimal == .max)
    }

    @Test("a secret does not describe itself")
    func secrets() {
        let secret = Secret("sk-very-secret")
        #expect(!"\(secret) \(String(reflecting: secret))".contains("very"))
        #expect(secret == Secret("sk-very-secret"))
        #expect(secret != Secret("sk-very-secres"))
    }
}
