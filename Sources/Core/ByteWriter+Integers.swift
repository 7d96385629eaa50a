// SPDX-License-Identifier: Apache-2.0

extension ByteWriter {
    /// Appends a fixed-width integer in network order.
    @inlinable public mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        let width = T.bitWidth / 8
        reserve(width)
        // '!': reserved above.
        unsafe storage!.base.storeBytes(of: value.bigEndian, toByteOffset: end, as: T.self)
        end += width
    }

    /// Appends an integer in groups of seven bits, least first: one byte below 128, at most ten.
    @inlinable public mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}
