// SPDX-License-Identifier: Apache-2.0

extension Span where Element == UInt8 {
    /// The position of the first LF or CR at or after `from`, or `count`; sixteen bytes a step.
    @inlinable public func indexOfLineBreak(from: Int) -> Int {
        precondition(from >= 0)
        var index = from
        while index &+ 16 <= count {
            let block = block(at: index)
            let marks = block.lanesEqual(to: 0x0A) | block.lanesEqual(to: 0x0D)
            if let first = marks.firstMarkedLane { return index &+ first }
            index &+= 16
        }
        while index < count {
            if self[index] == 0x0A || self[index] == 0x0D { return index }
            index &+= 1
        }
        return count
    }

    /// The first quote or backslash at or after `from`, or `count`.
    @inlinable @inline(__always) public func indexOfQuoteOrBackslash(from: Int) -> Int {
        precondition(from >= 0)
        var index = from
        while index &+ 16 <= count {
            let block = block(at: index)
            let marks = block.lanesEqual(to: 0x22) | block.lanesEqual(to: 0x5C)
            if let first = marks.firstMarkedLane { return index &+ first }
            index &+= 16
        }
        while index < count {
            if self[index] == 0x22 || self[index] == 0x5C { return index }
            index &+= 1
        }
        return count
    }

    /// Sixteen bytes at once; the caller has checked that they are there.
    @inlinable @inline(__always) public func block(at index: Int) -> SIMD16<UInt8> {
        // In bounds: each caller compares with `count`; any sixteen bytes are a valid vector.
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: SIMD16<UInt8>.self)
    }
}

/// Sixteen bytes compared together; in each result the top bit of a lane marks it.
///
/// Plain arithmetic on purpose: comparisons that yield masks compile to one branch a lane.
extension SIMD16<UInt8> {
    /// Marks lanes that are below `limit`, which is at most 0x80.
    @inlinable @inline(__always) public func lanesBelow(_ limit: UInt8) -> SIMD16<UInt8> {
        (self &- SIMD16(repeating: limit)) & ~self
    }

    /// Marks lanes that are `byte`.
    @inlinable @inline(__always) public func lanesEqual(to byte: UInt8) -> SIMD16<UInt8> {
        (self ^ SIMD16(repeating: byte)).lanesBelow(1)
    }

    /// The marks of lanes 0 to 7 and 8 to 15, each in the top bit of its byte, lowest lane first.
    @inlinable @inline(__always) public var markWords: SIMD2<UInt64> {
        // Sixteen bytes are two words; x86-64 and arm64 put the lowest lane lowest.
        unsafe unsafeBitCast(self & SIMD16(repeating: 0x80), to: SIMD2<UInt64>.self)
    }

    /// Whether any lane is marked.
    @inlinable @inline(__always) public var hasMarkedLane: Bool {
        let words = markWords
        return words[0] | words[1] != 0
    }

    /// The first lane that is marked.
    @inlinable @inline(__always) public var firstMarkedLane: Int? {
        let words = markWords
        if words[0] != 0 { return words[0].trailingZeroBitCount >> 3 }
        if words[1] != 0 { return 8 &+ words[1].trailingZeroBitCount >> 3 }
        return nil
    }
}
