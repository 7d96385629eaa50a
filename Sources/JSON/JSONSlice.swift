// SPDX-License-Identifier: Apache-2.0
public import Core

/// One value inside scanned bytes: its kind and its range, relative to the scanned span.
public struct JSONSlice: Sendable, Equatable {
    public let kind: JSONKind
    /// True for a string that holds a backslash, so that its bytes are not its text.
    public let hasEscapes: Bool
    private let lower: UInt32
    private let upper: UInt32

    public init(kind: JSONKind, range: Range<Int>, hasEscapes: Bool = false) {
        self.kind = kind
        self.hasEscapes = hasEscapes
        lower = UInt32(range.lowerBound)
        upper = UInt32(range.upperBound)
    }

    /// For walkers, which have checked the bounds against bytes of less than 4 GiB.
    @inline(__always)
    init(_ kind: JSONKind, from lower: Int, to upper: Int, hasEscapes: Bool = false) {
        self.kind = kind
        self.hasEscapes = hasEscapes
        self.lower = UInt32(truncatingIfNeeded: lower)
        self.upper = UInt32(truncatingIfNeeded: upper)
    }

    /// Where the value ends.
    var end: Int { Int(upper) }

    /// The bytes of the value, quotes and brackets included.
    public var range: Range<Int> { Int(lower)..<Int(upper) }

    /// The bytes between the quotes or brackets; the whole of any other value.
    public var content: Range<Int> {
        switch kind {
        case .object, .array, .string: Int(lower) + 1..<Int(upper) - 1
        case .number, .bool, .null: range
        }
    }

    public func bool(in bytes: Span<UInt8>) -> Bool? {
        kind == .bool ? bytes[Int(lower)] == UInt8(ascii: "t") : nil
    }

    /// A whole number that `Int` holds exactly, also when written as `10.0` or `1e3`.
    public func int(in bytes: Span<UInt8>) -> Int? {
        guard kind == .number else { return nil }
        let isNegative = bytes[Int(lower)] == UInt8(ascii: "-")
        let digits = bytes.extracting(isNegative ? Int(lower) + 1..<Int(upper) : range)
        if let magnitude = digits.decimal { return isNegative ? -magnitude : magnitude }
        guard let value = double(in: bytes), value.magnitude <= 0x1p53 else { return nil }
        return Int(exactly: value)
    }

    /// The nearest double; nil when it is no number, infinite when it is beyond the largest.
    public func double(in bytes: Span<UInt8>) -> Double? {
        guard kind == .number else { return nil }
        let text = bytes.extracting(range)
        return Self.exact(text) ?? Double(String(decoding: text))
    }

    /// Up to fifteen digits without an exponent: they and their power of ten are exact doubles,
    /// so that one division rounds as it should (Clinger 1990).
    private static func exact(_ text: Span<UInt8>) -> Double? {
        let isNegative = text[0] == UInt8(ascii: "-")
        let digits = text.extracting(droppingFirst: isNegative ? 1 : 0)
        guard digits.count <= 16 else { return nil }
        var value = 0
        var scale = 1.0
        var isFraction = false
        for index in digits.indices {
            switch digits[index] {
            case UInt8(ascii: "."): isFraction = true
            case 0x30...0x39:
                value = value * 10 + Int(digits[index] & 15)
                if isFraction { scale *= 10 }
            default: return nil
            }
        }
        // Sixteen bytes without a point would be sixteen digits.
        guard value <= 1 << 53 else { return nil }
        return (isNegative ? -Double(value) : Double(value)) / scale
    }

    /// The text of a string, zero-copy without escapes; a lone surrogate becomes U+FFFD.
    public func string(in bytes: Bytes) -> Bytes? {
        guard kind == .string else { return nil }
        guard hasEscapes else { return bytes[content] }
        return JSONText.decoded(bytes.span.extracting(content))
    }

    /// Compares the decoded text of a string.
    public func equals(_ text: StaticString, in bytes: Span<UInt8>) -> Bool {
        guard kind == .string else { return false }
        let raw = bytes.extracting(content)
        return hasEscapes ? JSONText.decoded(raw).span.equals(text) : raw.equals(text)
    }

    /// Compares the decoded text of a string.
    public func equals(_ text: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        guard kind == .string else { return false }
        let raw = bytes.extracting(content)
        return hasEscapes ? JSONText.decoded(raw).span.equals(text) : raw.equals(text)
    }
}
