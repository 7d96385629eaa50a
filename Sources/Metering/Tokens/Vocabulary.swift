// SPDX-License-Identifier: Apache-2.0

/// The tokens of one encoding, found by their bytes; the id of a token is its rank.
///
/// One flat table with open addressing: a slot holds 40 bits of the hash and the id, so that a
/// search touches a token's bytes only when it has found it.
final class Vocabulary: Sendable {
    /// What is no token; greater than every id.
    static let none = UInt32.max
    private static let noSlot = UInt64.max

    /// The bytes of all tokens in the order of their ids, and eight more.
    private let bytes: [UInt8]
    /// Where each token starts in `bytes`, and the end of the last one.
    private let starts: [UInt32]
    private let slots: [UInt64]
    private let longest: Int

    /// Unpacks a resource of `scripts/tables/tokens.py`.
    init(_ resource: Resource) {
        let source = PackedTokens(resource.span)
        let starts = source.makeStarts()
        let bytes = source.makeBytes(starts)
        // At most half full: an unsuccessful search looks at 1.5 to 2.5 slots on average.
        var size = 1
        while size < 2 * source.count { size <<= 1 }
        var slots = [UInt64](repeating: Self.noSlot, count: size)
        var longest = 0
        for id in 0..<source.count {
            let range = Int(starts[id])..<Int(starts[id + 1])
            longest = max(longest, range.count)
            let hash = Self.hash(bytes.span, range)
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] != Self.noSlot { slot = (slot + 1) & (size - 1) }
            slots[slot] = hash & ~0xFF_FFFF | UInt64(id)
        }
        self.starts = starts
        self.bytes = bytes
        self.slots = slots
        self.longest = longest
    }

    /// The id of the token with exactly these bytes of a text, or `none`.
    @inline(__always) func id(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        guard range.count <= longest else { return Self.none }
        let hash = Self.hash(text, range)
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let found = slots[slot]
            if found == Self.noSlot { return Self.none }
            if found >> 24 == hash >> 24, isToken(Int(found & 0xFF_FFFF), text, range) {
                return UInt32(truncatingIfNeeded: found & 0xFF_FFFF)
            }
            slot = (slot &+ 1) & mask
        }
    }

    private func isToken(_ id: Int, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let start = Int(starts[id])
        guard Int(starts[id &+ 1]) &- start == range.count else { return false }
        let bytes = bytes
        let tokens = bytes.span
        var done = 0
        while done < range.count {
            let length = min(8, range.count &- done)
            let token = tokens.word(at: start &+ done, length)
            if token != text.word(at: range.lowerBound &+ done, length) { return false }
            done &+= 8
        }
        return true
    }

    @inline(__always) private static func hash(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: range.count)
        var index = range.lowerBound
        repeat {
            hash ^= text.word(at: index, min(8, range.upperBound &- index))
            // The multiplier is 2^64 divided by the golden ratio (Knuth, TAOCP 6.4).
            hash = hash &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            index &+= 8
        } while index < range.upperBound
        hash = hash &* 0x9E37_79B9_7F4A_7C15
        return hash ^ hash >> 32
    }
}

extension Span where Element == UInt8 {
    /// Up to eight bytes as a word, the first one lowest.
    @inline(__always) func word(at index: Int, _ length: Int) -> UInt64 {
        if index &+ 8 <= count, index >= 0 {
            // In bounds: just compared; any eight bytes are a valid word.
            let word = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: index, as: UInt64.self)
            return UInt64(littleEndian: word) & UInt64.max >> UInt64(64 &- 8 &* length)
        }
        var word: UInt64 = 0
        for offset in 0..<length { word |= UInt64(self[index &+ offset]) << UInt64(8 &* offset) }
        return word
    }
}
