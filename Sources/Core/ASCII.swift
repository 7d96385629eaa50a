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

    /// The eight hexadecimal digits of a number, the first in the highest byte.
    @inlinable public static func hexDigits(_ value: UInt32) -> UInt64 {
        // Each nibble gets a byte of its own, then its digit: ten and above are letters.
        var bytes = UInt64(value)
        bytes = (bytes << 16 | bytes) & 0x0000_FFFF_0000_FFFF
        bytes = (bytes << 8 | bytes) & 0x00FF_00FF_00FF_00FF
        bytes = (bytes << 4 | bytes) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = ((bytes &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return bytes &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
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

/// Compares eight bytes at a time, the last eight once more instead of one by one.
@inlinable @inline(__always)
func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
    // In bounds: each load ends at `count` or before.
    if count >= 8 {
        var index = 0
        repeat {
            let one = unsafe left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard unsafe one == right.loadUnaligned(fromByteOffset: index, as: UInt64.self) else {
                return false
            }
            index &+= 8
        } while index &+ 8 <= count
        let one = unsafe left.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return unsafe one == right.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    }
    if count >= 4 {
        let one = unsafe left.loadUnaligned(as: UInt32.self)
        let last = unsafe left.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
        return unsafe one == right.loadUnaligned(as: UInt32.self)
            && last == right.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
    }
    for index in 0..<count {
        let one = unsafe left.load(fromByteOffset: index, as: UInt8.self)
        guard unsafe one == right.load(fromByteOffset: index, as: UInt8.self) else { return false }
    }
    return true
}

extension Span where Element == UInt8 {
    /// Whether the bytes are the same.
    @inlinable public func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in
                guard let left = left.baseAddress, let right = right.baseAddress
                else { return true }
                // Both have `count` bytes.
                return unsafe areEqual(left, right, count)
            }
        }
    }

    /// Whether the bytes are those of a literal.
    @inlinable public func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes { bytes in
            // Both have `count` bytes.
            unsafe bytes.baseAddress.map { unsafe areEqual($0, text.utf8Start, count) } ?? true
        }
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
