// SPDX-License-Identifier: Apache-2.0

/// Byte-wise text of protocols: comparisons and numbers without `String`.
public enum ASCII {
    @inlinable public static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inlinable public static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inlinable public static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? nibble &+ 0x30 : nibble &+ 0x57
    }

    /// The value of a hexadecimal digit, either case.
    @inlinable public static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }
}

extension Span where Element == UInt8 {
    /// Whether the bytes are the same.
    @inlinable public func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// Whether the bytes are those of a literal.
    @inlinable public func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let start = unsafe text.utf8Start
        for index in indices where unsafe self[index] != start[index] { return false }
        return true
    }

    /// Compares ignoring ASCII case; `lowercase` must be lower case already.
    @inlinable public func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let start = unsafe lowercase.utf8Start
        for index in indices where unsafe ASCII.lowercased(self[index]) != start[index] {
            return false
        }
        return true
    }

    @inlinable public func hasPrefix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        return count >= length && extracting(0..<length).equals(text)
    }

    /// The position of the first `byte` at or after `from`.
    @inlinable public func firstIndex(of byte: UInt8, from: Int = 0) -> Int? {
        var index = from
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// Digits only, no sign, no blanks; nil when empty, foreign or beyond `Int`.
    @inlinable public var decimal: Int? {
        guard count > 0, count <= 19 else { return nil }
        var value = 0
        for index in indices {
            guard ASCII.isDigit(self[index]) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(Int(self[index] &- 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// The span without blanks (SP, HTAB) at both ends.
    @inlinable public var trimmedRange: Range<Int> {
        var low = 0
        var high = count
        while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
        while high > low, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
        return low..<high
    }
}

extension Span where Element == UInt8 {
    /// Whether it begins with `lowercase` in either case.
    @inlinable public func hasPrefixIgnoringCase(_ lowercase: StaticString) -> Bool {
        let length = lowercase.utf8CodeUnitCount
        return count >= length && extracting(0..<length).equalsIgnoringCase(lowercase)
    }
}
