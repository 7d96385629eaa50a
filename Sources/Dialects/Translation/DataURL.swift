// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// `data:` URLs (RFC 2397), in which OpenAI's formats carry images and files.
enum DataURL {
    /// What a URL of a medium stands for: bytes in base64, or a place to fetch from.
    static func source(_ url: EscapedText) -> MediaSource {
        guard url.raw.span.hasPrefix("data:") else { return .url(url, mediaType: nil) }
        // Some writers escape slashes; what follows looks at plain bytes.
        let plain = url.hasEscapes ? EscapedText(escaping: url.decoded.span) : url
        guard !plain.hasEscapes, let comma = plain.raw.span.firstIndex(of: UInt8(ascii: ",")),
            comma > 12, plain.raw.span.extracting(comma - 7..<comma).equals(";base64")
        else { return .url(url, mediaType: nil) }
        let type = plain.piece(5..<comma - 7)
        return .base64(plain.piece(comma + 1..<plain.raw.count), mediaType: type)
    }

    /// Writes a URL of bytes in base64.
    static func write(_ data: EscapedText, mediaType: EscapedText, to json: inout JSONWriter) {
        var writer = ByteWriter(capacity: data.raw.count + mediaType.raw.count + 16)
        writer.append("\"data:")
        writer.append(mediaType.raw)
        writer.append(";base64,")
        writer.append(data.raw)
        writer.append("\"")
        json.raw(writer.finish())
    }
}

extension EscapedText {
    /// A part of a text without escapes.
    func piece(_ range: Range<Int>) -> EscapedText {
        precondition(!hasEscapes, "a cut through escapes")
        // A slice of a string counts its quotes, which the bytes themselves need not hold.
        guard !range.isEmpty else { return EscapedText() }
        if range.lowerBound == 0 { return EscapedText(escaping: raw.span.extracting(range)) }
        let slice = JSONSlice(
            kind: .string, range: range.lowerBound - 1..<range.upperBound + 1)
        return EscapedText(slice, in: raw) ?? EscapedText()
    }
}
