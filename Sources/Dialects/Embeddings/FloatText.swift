// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Vectors between their two forms: a JSON array, and little-endian floats in base64.
enum FloatText {
    /// The numbers of a JSON array as base64.
    static func base64(_ numbers: Bytes) -> EscapedText {
        var packed = ByteWriter(capacity: numbers.count / 2)
        var elements = JSONElements(of: numbers.root(.array), in: numbers.span)
        while let element = elements.next() {
            let value = Float(element.double(in: numbers.span) ?? 0)
            let bits = value.bitPattern
            for shift in [0, 8, 16, 24] as [UInt32] {
                packed.append(UInt8(truncatingIfNeeded: bits >> shift))
            }
        }
        let bytes = packed.finish()
        var writer = ByteWriter(capacity: bytes.count * 4 / 3 + 8)
        encode(bytes.span, to: &writer)
        return EscapedText(escaping: writer.finish().span)
    }

    /// The floats of a base64 text as a JSON array; nil if it is none.
    static func numbers(_ text: EscapedText) -> Bytes? {
        let plain = text.decoded
        guard let bytes = decode(plain.span), bytes.count % 4 == 0 else { return nil }
        var json = JSONWriter(capacity: bytes.count * 3 + 2)
        json.beginArray()
        for start in stride(from: 0, to: bytes.count, by: 4) {
            var bits: UInt32 = 0
            for place in 0..<4 { bits |= UInt32(bytes[start + place]) << UInt32(8 * place) }
            let value = Float(bitPattern: bits)
            // The shortest decimal of the float, not of the double beside it.
            if value.isFinite { json.raw(Bytes(value.description)) } else { json.null() }
        }
        json.endArray()
        return json.finish()
    }

    private static func encode(_ bytes: Span<UInt8>, to writer: inout ByteWriter) {
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

    /// RFC 4648 §4.
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

    private static func decode(_ text: Span<UInt8>) -> Bytes? {
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
