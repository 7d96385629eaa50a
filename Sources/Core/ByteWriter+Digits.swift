// SPDX-License-Identifier: Apache-2.0

extension ByteWriter {
    /// Appends an integer in decimal; concrete, so that callers in other modules pay no generics.
    public mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(magnitude: value.magnitude, width: 1)
    }

    /// Appends a number that is not negative, padded with zeros to `width` digits.
    public mutating func append(digits value: Int, width: Int) {
        precondition(value >= 0 && width >= 1 && width <= 20)
        append(magnitude: value.magnitude, width: width)
    }

    private mutating func append(magnitude: UInt, width: Int) {
        var digits: InlineArray<20, UInt8> = .init(repeating: UInt8(ascii: "0"))
        var position = 20
        var rest = magnitude
        while rest > 0 {
            position -= 1
            digits[position] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
            rest /= 10
        }
        append(digits.span.extracting(min(position, 20 - width)..<20))
    }
}
