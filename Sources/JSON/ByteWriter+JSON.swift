// SPDX-License-Identifier: Apache-2.0
public import Core

extension ByteWriter {
    /// Appends a JSON string with its quotes; invalid UTF-8 becomes U+FFFD.
    public mutating func append(jsonString text: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        appendText(text, escaping: true)
        append(UInt8(ascii: "\""))
    }

    /// Appends text, invalid UTF-8 repaired with U+FFFD.
    mutating func append(repairing text: Span<UInt8>) { appendText(text, escaping: false) }

    private mutating func appendText(_ text: Span<UInt8>, escaping: Bool) {
        var start = 0
        var index = 0
        while true {
            index = text.indexOfStringStop(from: index)
            guard index < text.count else { break }
            let byte = text[index]
            let length = byte < 0x80 ? 1 : text.lengthOfSequence(at: index)
            if length > 1 || (length == 1 && !escaping) {
                index += length
                continue
            }
            append(text.extracting(start..<index))
            if byte < 0x80 { append(escapeOf: byte) } else { append("\u{FFFD}" as StaticString) }
            index += 1
            start = index
        }
        append(text.extracting(start..<text.count))
    }

    private mutating func append(escapeOf byte: UInt8) {
        switch byte {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            append("\\u00")
            append(ASCII.hexDigit(byte >> 4))
            append(ASCII.hexDigit(byte & 15))
        }
    }
}
