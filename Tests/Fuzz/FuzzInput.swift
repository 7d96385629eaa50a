// SPDX-License-Identifier: Apache-2.0
import Core

/// One fuzz input: its first two bytes say where to cut, the rest is what the parser reads.
struct FuzzInput {
    let bytes: Bytes
    let cuts: [Int]

    init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        let all = Bytes(Array(UnsafeBufferPointer(start: start, count: count)))
        bytes = all.dropFirst(2)
        guard count > 2 else {
            cuts = []
            return
        }
        let first = Int(all[0]) * bytes.count / 256
        let second = first + Int(all[1]) * (bytes.count - first) / 256
        cuts = [first, second]
    }
}

/// A running hash of everything a parser says (FNV-1a).
struct Digest: Equatable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    mutating func add(_ span: Span<UInt8>) {
        for index in span.indices { add(span[index]) }
    }

    mutating func add(_ text: StaticString) {
        text.withUTF8Buffer { for byte in $0 { add(byte) } }
    }

    mutating func add(_ number: Int) {
        for shift in 0..<8 { add(UInt8(truncatingIfNeeded: number >> (shift * 8))) }
    }
}
