// SPDX-License-Identifier: Apache-2.0
import Core

/// The member names of all open objects, for finding repeated ones.
///
/// Up to `crowd` names an object compares each new name with those before it, and a 64-bit sieve
/// makes most of these comparisons needless. A larger object is sorted once, when it closes, so the
/// cost stays O(n log n) whatever names an attacker chooses.
struct NameStack: ~Copyable {
    /// Names up to which an object is checked as it goes.
    static var crowd: Int { 24 }

    /// An entry is 32 bits of hash above the 32-bit offset of the name's first byte.
    private var entries = WordStack()
    /// Where the innermost object's entries start; below them lie the saved base and sieve.
    private var base = 0
    private var sieve: UInt64 = 0

    var isCrowded: Bool { entries.count &- base > Self.crowd }

    mutating func open() {
        entries.push(UInt64(base))
        entries.push(sieve)
        base = entries.count
        sieve = 0
    }

    mutating func close() {
        let frame = base &- 2
        sieve = entries[frame &+ 1]
        base = Int(entries[frame])
        entries.truncate(to: frame)
    }

    /// Adds a name; true if a small object holds it already.
    @inline(__always)
    mutating func insert(hash: UInt64, start: Int, in bytes: Span<UInt8>) -> Bool {
        let entry = hash & 0xFFFF_FFFF_0000_0000 | UInt64(start)
        let bit: UInt64 = 1 << (hash >> 58)
        if sieve & bit != 0, !isCrowded, holds(entry, in: bytes) { return true }
        sieve |= bit
        entries.push(entry)
        return false
    }

    private func holds(_ entry: UInt64, in bytes: Span<UInt8>) -> Bool {
        for index in base..<entries.count where (entries[index] ^ entry) >> 32 == 0 {
            if Self.compare(entries[index], entry, in: bytes) == 0 { return true }
        }
        return false
    }

    /// The offset of the opening quote of a repeated name in a crowded object.
    func repeatedName(in bytes: Span<UInt8>) -> Int? {
        var names = (base..<entries.count).map { entries[$0] }
        Self.sort(&names, in: bytes)
        var found: Int?
        for index in 1..<names.count
        where Self.compare(names[index - 1], names[index], in: bytes) == 0 {
            let later = max(Self.start(names[index - 1]), Self.start(names[index])) - 1
            found = min(found ?? later, later)
        }
        return found
    }

    /// Heap sort by hash, then by text.
    private static func sort(_ entries: inout [UInt64], in bytes: Span<UInt8>) {
        var start = entries.count / 2
        var end = entries.count
        while end > 1 {
            if start > 0 {
                start -= 1
            } else {
                end -= 1
                entries.swapAt(0, end)
            }
            var root = start
            while root * 2 + 1 < end {
                var child = root * 2 + 1
                if child + 1 < end, compare(entries[child], entries[child + 1], in: bytes) < 0 {
                    child += 1
                }
                guard compare(entries[root], entries[child], in: bytes) < 0 else { break }
                entries.swapAt(root, child)
                root = child
            }
        }
    }

    private static func compare(_ left: UInt64, _ right: UInt64, in bytes: Span<UInt8>) -> Int {
        if left >> 32 != right >> 32 { return left >> 32 < right >> 32 ? -1 : 1 }
        return JSONText.compare(text(left, in: bytes), text(right, in: bytes))
    }

    private static func start(_ entry: UInt64) -> Int { Int(entry & 0xFFFF_FFFF) }

    /// The inside of the name; only its start is stored, so its end is looked for again.
    @_lifetime(copy bytes)
    private static func text(_ entry: UInt64, in bytes: Span<UInt8>) -> Span<UInt8> {
        let start = start(entry)
        var index = start
        while true {
            index = bytes.indexOfQuoteOrBackslash(from: index)
            if index >= bytes.count || bytes[index] == UInt8(ascii: "\"") { break }
            index += 2
        }
        return bytes.extracting(start..<min(index, bytes.count))
    }

    /// A hash of the decoded name; not keyed, since collisions cost no more than a comparison.
    @inline(__always)
    static func hash(_ range: Range<Int>, in bytes: Span<UInt8>, hasEscapes: Bool) -> UInt64 {
        if hasEscapes { return hashOfEscaped(bytes.extracting(range)) }
        var hash = UInt64(truncatingIfNeeded: range.count)
        var index = range.lowerBound
        while index &+ 8 <= range.upperBound {
            // In bounds: a name lies within the bytes.
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(
                fromByteOffset: index, as: UInt64.self)
            hash = mix(hash, word)
            index &+= 8
        }
        var last: UInt64 = 0
        while index < range.upperBound {
            last = last << 8 | UInt64(bytes[index])
            index &+= 1
        }
        return mix(hash, last)
    }

    @inline(never)
    private static func hashOfEscaped(_ raw: Span<UInt8>) -> UInt64 {
        let text = JSONText.decoded(raw)
        return hash(0..<text.count, in: text.span, hasEscapes: false)
    }

    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
