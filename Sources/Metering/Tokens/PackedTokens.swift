// SPDX-License-Identifier: Apache-2.0

/// A vocabulary as the binary carries it: 256 bytes, then each token as two earlier ones.
///
/// Half the size of the tokens' bytes; the layout is that of `scripts/tables/tokens.py`. The bytes
/// are our own, so anything wrong with them traps.
struct PackedTokens: ~Escapable {
    private static let header = 12
    /// How many tokens there are.
    let count: Int
    private let bits: UInt64
    private let source: Span<UInt8>

    @_lifetime(copy source)
    init(_ source: Span<UInt8>) {
        self.source = source
        precondition(source.word(at: 0, 4) == 0x3154_5041, "the resource is no vocabulary")
        count = Int(source.word(at: 4, 4))
        bits = source.word(at: 8, 4)
        // Two ids and up to seven bits before them are read as one word.
        precondition(count >= 256 && bits <= 24 && bits * 2 + 7 <= 64)
    }

    /// Where each token's bytes start when all are put one after another, and where they end.
    func makeStarts() -> [UInt32] {
        var starts = [UInt32](repeating: 0, count: count + 1)
        for id in 0..<256 { starts[id + 1] = UInt32(id + 1) }
        for id in 256..<count {
            let (left, right) = parts(of: id)
            let length = starts[left + 1] - starts[left] + starts[right + 1] - starts[right]
            starts[id + 1] = starts[id] + length
        }
        return starts
    }

    /// The bytes of all tokens, one after another, and eight zeros.
    func makeBytes(_ starts: [UInt32]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(starts[count]) + 8)
        for id in 0..<256 { bytes[id] = source[Self.header + id] }
        for id in 256..<count {
            let (left, right) = parts(of: id)
            let middle = copy(left, to: Int(starts[id]), in: &bytes, starts)
            _ = copy(right, to: middle, in: &bytes, starts)
        }
        return bytes
    }

    @inline(__always) private func copy(
        _ part: Int, to target: Int, in bytes: inout [UInt8], _ starts: [UInt32]
    ) -> Int {
        var target = target
        for index in Int(starts[part])..<Int(starts[part + 1]) {
            bytes[target] = bytes[index]
            target &+= 1
        }
        return target
    }

    @inline(__always) private func parts(of id: Int) -> (left: Int, right: Int) {
        let bit = UInt64(id &- 256) &* 2 &* bits
        let word = source.word(at: Self.header &+ 256 &+ Int(bit >> 3), 8) >> (bit & 7)
        let mask = (1 as UInt64) << bits &- 1
        return (Int(word & mask), Int(word >> bits & mask))
    }
}
