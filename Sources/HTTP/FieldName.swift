// SPDX-License-Identifier: Apache-2.0
import Core

/// Comparisons of field names in place, eight bytes at a time.
enum FieldName {
    private static var blanks: UInt64 { 0x2020_2020_2020_2020 }

    /// Whether the name at `range` is `lowercase`, whatever its case.
    ///
    /// Setting bit 5 folds letters and leaves hyphens and digits alone; a lower-case name of
    /// letters, digits and hyphens has no other token byte that folds onto it.
    @inline(__always)
    static func matches(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ lowercase: StaticString
    ) -> Bool {
        let count = range.count
        guard count == lowercase.utf8CodeUnitCount else { return false }
        guard count >= 8 else {
            return bytes.extracting(range).equalsIgnoringCase(lowercase)
        }
        let text = unsafe UnsafeRawPointer(lowercase.utf8Start)
        var offset = 0
        while true {
            // The last step overlaps the one before, so that it ends with the name.
            let wanted = unsafe text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let found = ByteScan.word(bytes, at: range.lowerBound &+ offset)
            guard found | blanks == UInt64(littleEndian: wanted) else { return false }
            guard offset &+ 8 < count else { return true }
            offset = min(offset &+ 8, count &- 8)
        }
    }

    /// One of 64 bits per name; a head whose bits lack it does not hold the name.
    @inline(__always)
    static func sketch(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        guard !range.isEmpty else { return 0 }
        return sketch(
            count: range.count, first: bytes[range.lowerBound], last: bytes[range.upperBound &- 1])
    }

    @inline(__always)
    static func sketch(_ name: StaticString) -> UInt64 {
        let count = name.utf8CodeUnitCount
        guard count > 0 else { return 0 }
        let text = unsafe name.utf8Start
        return unsafe sketch(count: count, first: text[0], last: text[count - 1])
    }

    @inline(__always)
    private static func sketch(count: Int, first: UInt8, last: UInt8) -> UInt64 {
        let mixed =
            UInt64(truncatingIfNeeded: count) &* 5 &+ UInt64(first | 0x20)
            &+ UInt64(last | 0x20) &* 3
        return 1 << (mixed & 63)
    }
}
