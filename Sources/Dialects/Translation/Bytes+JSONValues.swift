// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension Bytes {
    /// Whether this JSON number is neither 0 nor 0.0.
    var isOtherThanZero: Bool {
        JSONSlice(kind: .number, range: 0..<count).double(in: span) != 0
    }

    /// This JSON text without line breaks, which would end a line of an event; strings have none.
    var onOneLine: Bytes {
        var end = span.indexOfLineBreak(from: 0)
        guard end < count else { return self }
        var writer = ByteWriter(capacity: count)
        var start = 0
        while end < count {
            writer.append(self[start..<end])
            start = end + 1
            end = span.indexOfLineBreak(from: start)
        }
        writer.append(self[start..<count])
        return writer.finish()
    }

    /// Whether this JSON array asks for no other output than text, in either case.
    var isTextOnly: Bool {
        let list = JSONSlice(kind: .array, range: 0..<count)
        var elements = JSONElements(of: list, in: span)
        while let element = elements.next() {
            guard element.kind == .string,
                span.extracting(element.content).equalsIgnoringCase("text")
            else { return false }
        }
        return true
    }
}

extension EscapedText {
    /// Base64 in the alphabet that all take; Google's SDK writes that for URLs (RFC 4648 §5).
    var standardBase64: EscapedText {
        let dash = raw.span.firstIndex(of: UInt8(ascii: "-"), from: 0)
        let line = raw.span.firstIndex(of: UInt8(ascii: "_"), from: 0)
        guard dash != nil || line != nil else { return self }
        var writer = ByteWriter(capacity: raw.count)
        for index in raw.span.indices {
            switch raw.span[index] {
            case UInt8(ascii: "-"): writer.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): writer.append(UInt8(ascii: "/"))
            default: writer.append(raw.span[index])
            }
        }
        return EscapedText(escaping: writer.finish().span)
    }

    /// Whether there is nothing but blanks in it.
    var isBlank: Bool {
        let text = decoded
        for index in text.span.indices where text.span[index] > 0x20 { return false }
        return true
    }
}
