// SPDX-License-Identifier: Apache-2.0
import Core

extension Span where Element == UInt8 {
    /// The first quote, backslash, control or non-ASCII byte at or after `from`, or `count`.
    @inline(__always)
    func indexOfStringStop(from: Int) -> Int {
        var index = from
        while index &+ 8 <= count {
            let word = word(at: index)
            let stops =
                word.bytesEqual(to: 0x22) | word.bytesEqual(to: 0x5C) | word.bytesBelow(0x20) | word
            if let first = stops.firstMarkedByte { return index &+ first }
            index &+= 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return index }
            index &+= 1
        }
        return count
    }

    /// The first quote or backslash at or after `from`, or `count`.
    @inline(__always)
    func indexOfQuoteOrBackslash(from: Int) -> Int {
        var index = from
        while index &+ 8 <= count {
            let word = word(at: index)
            let stops = word.bytesEqual(to: 0x22) | word.bytesEqual(to: 0x5C)
            if let first = stops.firstMarkedByte { return index &+ first }
            index &+= 8
        }
        while index < count {
            if self[index] == 0x22 || self[index] == 0x5C { return index }
            index &+= 1
        }
        return count
    }

    /// The first quote or bracket at or after `from`, or `count`.
    @inline(__always)
    func indexOfStructure(from: Int) -> Int {
        var index = from
        while index &+ 8 <= count {
            let word = word(at: index)
            // Setting bit 5 makes square brackets curly ones.
            let folded = word | UInt64.repeating(0x20)
            let stops =
                word.bytesEqual(to: 0x22) | folded.bytesEqual(to: 0x7B)
                | folded.bytesEqual(to: 0x7D)
            if let first = stops.firstMarkedByte { return index &+ first }
            index &+= 8
        }
        while index < count {
            let byte = self[index]
            if byte == 0x22 || byte | 0x20 == 0x7B || byte | 0x20 == 0x7D { return index }
            index &+= 1
        }
        return count
    }

    /// Eight bytes at once, the first one lowest; the caller has checked that they are there.
    @inline(__always)
    private func word(at index: Int) -> UInt64 {
        // In bounds: each caller compares with `count`.
        unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
        )
    }

    @inline(__always)
    func indexAfterBlanks(from: Int) -> Int {
        var index = from
        while index < count {
            let byte = self[index]
            if byte > 0x20 { return index }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                return index
            }
            index &+= 1
        }
        return index
    }

    /// How many bytes the well-formed non-ASCII UTF-8 sequence here has; 0 if malformed or cut.
    ///
    /// Unicode 16 table 3-7: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    @inline(__always)
    func lengthOfSequence(at start: Int) -> Int {
        let lead = self[start]
        guard lead >= 0xC2, lead <= 0xF4 else { return 0 }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard start &+ length <= count else { return 0 }
        let second = self[start &+ 1]
        let low: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
        let high: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
        guard second >= low, second <= high else { return 0 }
        if length > 2, self[start &+ 2] & 0xC0 != 0x80 { return 0 }
        if length > 3, self[start &+ 3] & 0xC0 != 0x80 { return 0 }
        return length
    }
}

/// Eight bytes in a word, compared together (Mycroft's trick).
///
/// In each result the top bit of a byte marks it. Bytes above the first marked one may be marked
/// wrongly, because borrows run upwards; the first one is always right.
extension UInt64 {
    @inline(__always)
    static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    @inline(__always)
    func bytesBelow(_ limit: UInt8) -> UInt64 { (self &- .repeating(limit)) & ~self }

    @inline(__always)
    func bytesEqual(to byte: UInt8) -> UInt64 {
        let difference = self ^ .repeating(byte)
        return (difference &- .repeating(1)) & ~difference
    }

    @inline(__always)
    var firstMarkedByte: Int? {
        let marks = self & .repeating(0x80)
        return marks == 0 ? nil : marks.trailingZeroBitCount >> 3
    }
}
