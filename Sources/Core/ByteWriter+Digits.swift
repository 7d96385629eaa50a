// SPDX-License-Identifier: Apache-2.0

extension ByteWriter {
    /// Appends an integer in decimal; concrete, so that callers in other modules pay no generics.
    public mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(magnitude: value.magnitude, width: 1)
    }

    /// Appends an integer of any other width in decimal.
    @inlinable public mutating func append(decimal value: some FixedWidthInteger) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(magnitude: UInt(value.magnitude), width: 1)
    }

    /// Appends a number that is not negative, padded with zeros to `width` digits.
    public mutating func append(digits value: Int, width: Int) {
        precondition(value >= 0 && width >= 1 && width <= 20)
        append(magnitude: value.magnitude, width: width)
    }

    @usableFromInline mutating func append(magnitude: UInt, width: Int) {
        if magnitude < 100_000_000, width <= 8 { return append(short: magnitude, width: width) }
        var length = 1
        var bound: UInt = 10
        while magnitude >= bound, length < 20 {
            length &+= 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            bound = overflow ? .max : next
        }
        let total = max(length, width)
        reserve(total)
        var rest = magnitude
        var place = end &+ total
        while place > end {
            place &-= 1
            let digit = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
            rest /= 10
            // '!': reserved above.
            unsafe storage!.base.storeBytes(of: digit, toByteOffset: place, as: UInt8.self)
        }
        end &+= total
    }
    /// Up to eight digits, gathered in a word and stored at once.
    private mutating func append(short magnitude: UInt, width: Int) {
        reserve(8)
        var rest = UInt32(truncatingIfNeeded: magnitude)
        var word: UInt64 = 0
        var length = 0
        repeat {
            word = word << 8 | UInt64(rest % 10 &+ 0x30)
            rest /= 10
            length &+= 1
        } while rest > 0 || length < width
        // '!': reserved above. What is stored beyond the digits is overwritten by what follows.
        unsafe storage!.base.storeBytes(of: word.littleEndian, toByteOffset: end, as: UInt64.self)
        end &+= length
    }
}
