// SPDX-License-Identifier: Apache-2.0

extension Span where Element == UInt8 {
    /// The position of the first LF or CR at or after `from`, or `count`; sixteen bytes a step.
    @inlinable public func indexOfLineBreak(from: Int) -> Int {
        precondition(from >= 0)
        var index = from
        while index &+ 16 <= count {
            // In bounds: the line above; any sixteen bytes are a valid vector.
            let block = unsafe bytes.unsafeLoadUnaligned(
                fromByteOffset: index, as: SIMD16<UInt8>.self)
            let hits = (block .== 0x0A) .| (block .== 0x0D)
            if let first = hits.firstSetLane { return index &+ first }
            index &+= 16
        }
        while index < count {
            if self[index] == 0x0A || self[index] == 0x0D { return index }
            index &+= 1
        }
        return count
    }
}

extension SIMDMask<SIMD16<Int8>> {
    /// The first lane that is set.
    @inlinable @inline(__always) public var firstSetLane: Int? {
        // A set lane is 0xFF and a clear one 0x00, so the mask reads as two little-endian words.
        let words = unsafe unsafeBitCast(self, to: SIMD2<UInt64>.self)
        if words[0] != 0 { return words[0].trailingZeroBitCount >> 3 }
        if words[1] != 0 { return 8 &+ words[1].trailingZeroBitCount >> 3 }
        return nil
    }
}
