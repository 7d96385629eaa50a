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
}
