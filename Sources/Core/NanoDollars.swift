// SPDX-License-Identifier: Apache-2.0

/// US dollars as a whole number of billionths; sums stop at the largest value instead of wrapping.
///
/// 64 bits hold nine billion dollars, and prices per token need no fraction: the cheapest published
/// token costs more than a nano-dollar, and prices are kept per million tokens.
public struct NanoDollars: Sendable, Hashable, Comparable {
    public var value: Int64

    @inlinable public init(_ value: Int64) { self.value = value }

    public static let zero = NanoDollars(0)
    public static let max = NanoDollars(.max)

    @inlinable public static func dollars(_ count: Int64) -> NanoDollars {
        let (product, overflow) = count.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? NanoDollars(count < 0 ? .min : .max) : NanoDollars(product)
    }

    @inlinable public static func < (left: NanoDollars, right: NanoDollars) -> Bool {
        left.value < right.value
    }

    @inlinable public static func + (left: NanoDollars, right: NanoDollars) -> NanoDollars {
        let (sum, overflow) = left.value.addingReportingOverflow(right.value)
        return overflow ? NanoDollars(right.value < 0 ? .min : .max) : NanoDollars(sum)
    }

    @inlinable public static func += (left: inout NanoDollars, right: NanoDollars) {
        left = left + right
    }

    @inlinable public static func - (left: NanoDollars, right: NanoDollars) -> NanoDollars {
        let (sum, overflow) = left.value.subtractingReportingOverflow(right.value)
        return overflow ? NanoDollars(right.value < 0 ? .max : .min) : NanoDollars(sum)
    }
}

extension NanoDollars {
    /// Reads dollars such as `2.50`: digits, and up to nine behind a point; nothing is rounded.
    public init?(dollars text: Span<UInt8>) {
        var value: Int64 = 0
        var decimals = -1
        for index in text.indices {
            if text[index] == UInt8(ascii: "."), decimals < 0, index > 0, index + 1 < text.count {
                decimals = 0
                continue
            }
            guard ASCII.isDigit(text[index]), decimals < 9 else { return nil }
            if decimals >= 0 { decimals += 1 }
            guard let next = value.shifted(adding: text[index] - 0x30) else { return nil }
            value = next
        }
        guard !text.isEmpty else { return nil }
        for _ in Swift.max(decimals, 0)..<9 {
            guard let next = value.shifted(adding: 0) else { return nil }
            value = next
        }
        self.value = value
    }
}

extension Int64 {
    /// Ten times this and a digit more; nil when 64 bits do not hold it.
    fileprivate func shifted(adding digit: UInt8) -> Int64? {
        let (product, overflow) = multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(Int64(digit))
        return overflow || carry ? nil : sum
    }
}

extension ByteWriter {
    /// Writes dollars with as many decimals as they need: `0.00125`, `3`.
    public mutating func append(dollars amount: NanoDollars) {
        if amount.value < 0 { append(UInt8(ascii: "-")) }
        let magnitude = amount.value.magnitude
        append(decimal: magnitude / 1_000_000_000)
        var rest = magnitude % 1_000_000_000
        guard rest > 0 else { return }
        append(UInt8(ascii: "."))
        var unit: UInt64 = 100_000_000
        while rest > 0 {
            append(0x30 + UInt8(rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}

extension NanoDollars: CustomStringConvertible {
    public var description: String {
        var writer = ByteWriter(capacity: 24)
        writer.append(dollars: self)
        return writer.finish().string
    }
}
