// SPDX-License-Identifier: Apache-2.0
public import Core

/// Bytes as groups of six bits (RFC 4648); the case says which alphabet.
public enum Base64: Sendable {
    /// `+` and `/`, written with padding (§4).
    case standard
    /// `-` and `_`, written without padding (§5).
    case url

    /// Appends the text of the bytes.
    public func encode(_ bytes: Span<UInt8>, into writer: inout ByteWriter) {
        writer.reserve((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let taken = min(3, bytes.count - index)
            var group = UInt32(bytes[index]) << 16
            if taken > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if taken > 2 { group |= UInt32(bytes[index + 2]) }
            for digit in 0...taken {
                let six = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * digit)) & 63
                writer.append(symbol(six))
            }
            if self == .standard {
                for _ in taken..<3 { writer.append(UInt8(ascii: "=")) }
            }
            index += 3
        }
    }

    /// The text of the bytes.
    public func encode(_ bytes: Span<UInt8>) -> String {
        var writer = ByteWriter(capacity: (bytes.count + 2) / 3 * 4)
        encode(bytes, into: &writer)
        return writer.finish().string
    }

    /// The bytes of a text, padded fully or not at all; nil for blanks, other symbols, loose bits.
    public func decode(_ text: Span<UInt8>) -> Bytes? {
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        guard end == text.count || text.count % 4 == 0, end % 4 != 1 else { return nil }
        var writer = ByteWriter(capacity: end / 4 * 3 + 3)
        var group: UInt32 = 0
        var bits = 0
        for index in 0..<end {
            guard let digit = value(text[index]) else { return nil }
            group = group << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                writer.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        // Left-over bits must be zero, or one value would have several texts (§3.5).
        guard group & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return writer.finish()
    }

    private func symbol(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + UInt8(ascii: "A")
        case 26..<52: value - 26 + UInt8(ascii: "a")
        case 52..<62: value - 52 + UInt8(ascii: "0")
        case 62: self == .url ? UInt8(ascii: "-") : UInt8(ascii: "+")
        default: self == .url ? UInt8(ascii: "_") : UInt8(ascii: "/")
        }
    }

    private func value(_ symbol: UInt8) -> UInt8? {
        switch symbol {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): symbol - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): symbol - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): symbol - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+") where self == .standard, UInt8(ascii: "-") where self == .url: 62
        case UInt8(ascii: "/") where self == .standard, UInt8(ascii: "_") where self == .url: 63
        default: nil
        }
    }
}
