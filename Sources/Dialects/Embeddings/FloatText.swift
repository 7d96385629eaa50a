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
        Base64.encode(bytes.span, to: &writer)
        return EscapedText(escaping: writer.finish().span)
    }

    /// The floats of a base64 text as a JSON array; nil if it is none.
    static func numbers(_ text: EscapedText) -> Bytes? {
        let plain = text.decoded
        guard let bytes = Base64.decoded(plain.span), bytes.count % 4 == 0 else { return nil }
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
}
