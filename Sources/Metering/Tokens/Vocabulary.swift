// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The tokens of one encoding, found by their bytes; the id of a token is its rank.
///
/// One flat table with open addressing: a slot holds 14 bits of the hash above the id's 18, so that
/// a search hardly ever touches the bytes of another token.
final class Vocabulary: Sendable {
    /// What is no token; greater than every id.
    static let none = UInt32.max
    private static let noSlot = UInt32.max
    private static let idMask: UInt32 = 1 << 18 - 1

    /// The bytes of all tokens in the order of their ids, and eight more.
    private let bytes: [UInt8]
    /// Where each token starts in `bytes`, and the end of the last one.
    private let starts: [UInt32]
    private let slots: [UInt32]
    private let longest: Int

    /// Unpacks a resource of `scripts/tables/tokens.py`.
    init(_ resource: Resource) {
        let source = PackedTokens(resource.span)
        let starts = source.makeStarts()
        let bytes = source.makeBytes(starts)
        // At most half full: an unsuccessful search looks at 1.5 to 2.5 slots on average.
        var size = 1
        while size < 2 * source.count { size <<= 1 }
        precondition(source.count < Self.idMask, "18 bits hold no such vocabulary")
        var slots = [UInt32](repeating: Self.noSlot, count: size)
        var longest = 0
        for id in 0..<source.count {
            let range = Int(starts[id])..<Int(starts[id + 1])
            longest = max(longest, range.count)
            let hash = Self.hash(bytes.span, range)
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] != Self.noSlot { slot = (slot + 1) & (size - 1) }
            slots[slot] = Self.tag(hash) | UInt32(id)
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
        let tag = Self.tag(hash)
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let found = slots[slot]
            if found == Self.noSlot { return Self.none }
            let id = found & Self.idMask
            if found ^ id == tag, isToken(Int(id), text, range) { return id }
            slot = (slot &+ 1) & mask
        }
    }

    /// Appends a token's bytes; false if there is none with this id.
    func append(_ id: UInt32, to text: inout ByteWriter) -> Bool {
        let index = Int(id)
        guard index + 1 < starts.count else { return false }
        let bytes = bytes
        text.append(bytes.span.extracting(Int(starts[index])..<Int(starts[index + 1])))
        return true
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

    /// The highest bits of a hash, in place; its lowest ones choose the slot.
    @inline(__always) private static func tag(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32) & ~idMask
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
