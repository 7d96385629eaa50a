// SPDX-License-Identifier: Apache-2.0
public import Core

/// The inside of a JSON string as it stood on the wire, escapes unresolved, quotes left out.
///
/// Text that goes from one JSON document into another needs no decoding; this carries it as a slice
/// of what was received. Always valid between two quotes.
public struct EscapedText: Sendable {
    /// The bytes between the quotes.
    public let raw: Bytes
    /// True if `raw` holds a backslash, so that it is not its own text.
    public let hasEscapes: Bool

    public init() {
        raw = Bytes()
        hasEscapes = false
    }

    /// The text of a string slice that a scanner passed; nil for any other kind.
    public init?(_ slice: JSONSlice, in bytes: Bytes) {
        guard slice.kind == .string else { return nil }
        raw = bytes[slice.content]
        hasEscapes = slice.hasEscapes
    }

    /// Escapes a text of any bytes; invalid UTF-8 becomes U+FFFD.
    public init(escaping text: Span<UInt8>) {
        var writer = ByteWriter(capacity: text.count + 2)
        writer.append(jsonString: text)
        let quoted = writer.finish()
        let inside = quoted[1..<quoted.count - 1]
        raw = inside
        // A bare quote cannot occur in it: what is found is a backslash.
        hasEscapes = inside.span.indexOfQuoteOrBackslash(from: 0) < inside.count
    }

    public init(_ text: StaticString) {
        self = text.withUTF8Buffer { EscapedText(escaping: unsafe $0.span) }
    }

    public init(_ text: String) { self.init(escaping: Bytes(text).span) }

    public var isEmpty: Bool { raw.isEmpty }

    /// The text with its escapes resolved, zero-copy without escapes.
    public var decoded: Bytes { hasEscapes ? JSONText.decoded(raw.span) : raw }

    /// Compares the decoded text.
    public func equals(_ text: StaticString) -> Bool {
        hasEscapes ? decoded.span.equals(text) : raw.span.equals(text)
    }

    /// Both texts, one behind the other.
    public static func + (left: EscapedText, right: EscapedText) -> EscapedText {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        var writer = ByteWriter(capacity: left.raw.count + right.raw.count)
        writer.append(left.raw)
        writer.append(right.raw)
        return EscapedText(
            raw: writer.finish(), hasEscapes: left.hasEscapes || right.hasEscapes)
    }

    private init(raw: Bytes, hasEscapes: Bool) {
        self.raw = raw
        self.hasEscapes = hasEscapes
    }
}

extension EscapedText: Equatable {
    /// Equal texts, however they are escaped.
    public static func == (left: EscapedText, right: EscapedText) -> Bool {
        left.hasEscapes || right.hasEscapes
            ? left.decoded == right.decoded : left.raw == right.raw
    }
}

extension JSONWriter {
    /// A string that is escaped already.
    public mutating func string(_ text: EscapedText) { quoted(text.raw.span) }
}
