// SPDX-License-Identifier: Apache-2.0
import Core

/// Base64 (RFC 4648 §4); what is read may be in the alphabet for URLs (§5) too.
enum Base64 {
    /// Appends bytes with their padding.
    static func encode(_ bytes: Span<UInt8>, to writer: inout ByteWriter) {
        var index = 0
        while index < bytes.count {
            let rest = min(3, bytes.count - index)
            var group: UInt32 = 0
            for place in 0..<3 {
                group = group << 8 | (place < rest ? UInt32(bytes[index + place]) : 0)
            }
            for place in 0..<4 {
                let value = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * place)) & 63
                writer.append(place <= rest ? letter(value) : UInt8(ascii: "="))
            }
            index += 3
        }
    }

    private static func letter(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: 0x41 + value
        case 26..<52: 0x61 + value - 26
        case 52..<62: 0x30 + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func value(_ letter: UInt8) -> UInt32? {
        switch letter {
        case 0x41...0x5A: UInt32(letter - 0x41)
        case 0x61...0x7A: UInt32(letter - 0x61 + 26)
        case 0x30...0x39: UInt32(letter - 0x30 + 52)
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// The bytes of a text in either alphabet; nil if it is none.
    static func decoded(_ text: Span<UInt8>) -> Bytes? {
        var writer = ByteWriter(capacity: text.count * 3 / 4 + 3)
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for index in text.indices {
            if text[index] == UInt8(ascii: "=") { break }
            guard let value = value(text[index]) else { return nil }
            group = (group << 6 | value) & 0xFFFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                writer.append(UInt8(truncatingIfNeeded: group >> bits))
            }
        }
        return writer.finish()
    }
}
