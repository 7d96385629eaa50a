// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Says in front of a proof or a sealed thought whose it is, while it travels in another's format.
///
/// `apus-proof::messages:EqQB…`; a sealed thought has `messages+`. Only its own provider can check
/// it, and all others refuse it. Gemini's field is base64: there the whole is written so once more.
struct OriginMark {
    static let start: StaticString = "apus-proof::"
    /// `start` in base64, which it fills without a rest.
    static let base64Start: StaticString = "YXB1cy1wcm9vZjo6"

    let origin: WireFormat
    var isSealed = false
    /// The proof itself.
    let text: EscapedText

    init(_ text: EscapedText, of origin: WireFormat, isSealed: Bool = false) {
        self.origin = origin
        self.isSealed = isSealed
        self.text = text
    }

    /// Nil for a text without a mark.
    init?(reading text: EscapedText) {
        guard text.raw.span.hasPrefix(Self.start) else { return nil }
        // Proofs are base64, in which nothing needs an escape but for a slash.
        let plain = text.hasEscapes ? EscapedText(escaping: text.decoded.span) : text
        let start = Self.start.utf8CodeUnitCount
        guard !plain.hasEscapes, let end = plain.raw.span.firstIndex(of: 0x3A, from: start) else {
            return nil
        }
        let isSealed = end > start && plain.raw[end - 1] == UInt8(ascii: "+")
        let label = plain.raw[start..<(isSealed ? end - 1 : end)]
        guard let origin = WireFormat.allCases.first(where: { label.span.equals($0.label) }) else {
            return nil
        }
        self.init(
            plain.piece(end + 1..<plain.raw.count), of: origin, isSealed: isSealed)
    }

    /// The same where it stands in base64.
    init?(readingBase64 text: EscapedText) {
        guard text.raw.span.hasPrefix(Self.base64Start) else { return nil }
        let plain = text.hasEscapes ? EscapedText(escaping: text.decoded.span) : text
        guard let bytes = Base64.decoded(plain.standardBase64.raw.span) else { return nil }
        self.init(reading: EscapedText(escaping: bytes.span))
    }

    /// Mark and proof.
    var marked: EscapedText {
        var writer = ByteWriter(capacity: text.raw.count + 40)
        writer.append(Self.start)
        writer.append(origin.label)
        if isSealed { writer.append("+") }
        writer.append(":")
        writer.append(text.decoded)
        return EscapedText(escaping: writer.finish().span)
    }

    /// Mark and proof in base64.
    var base64: EscapedText {
        let whole = marked.decoded
        var writer = ByteWriter(capacity: (whole.count + 2) / 3 * 4)
        Base64.encode(whole.span, to: &writer)
        return EscapedText(escaping: writer.finish().span)
    }

    /// A proof as it goes into a format's field: as it is in its own, or if nobody knows whose.
    static func text(
        _ proof: EscapedText, of origin: WireFormat?, isSealed: Bool = false,
        in format: WireFormat
    ) -> EscapedText {
        guard let origin, origin != format else { return proof }
        let mark = OriginMark(proof, of: origin, isSealed: isSealed)
        return format == .generateContent ? mark.base64 : mark.marked
    }
}

extension Thought {
    /// Takes what stands in a format's field for a proof, or for a sealed thought.
    mutating func take(proof: EscapedText, isSealed: Bool = false, in format: WireFormat) {
        let mark =
            format == .generateContent
            ? OriginMark(readingBase64: proof) : OriginMark(reading: proof)
        let found = mark ?? OriginMark(proof, of: format, isSealed: isSealed)
        origin = found.origin
        if found.isSealed { sealed = found.text } else { signature = found.text }
    }

    /// Whether it has something that this format's provider can check, and no other.
    func isProved(for format: WireFormat) -> Bool {
        guard origin == format else { return false }
        return sealed != nil || signature.map { !$0.isEmpty } ?? false
    }

    /// The proof, or else the sealed form, as a format with one field for both has it.
    func proof(in format: WireFormat) -> EscapedText? {
        if let signature, !signature.isEmpty || sealed == nil {
            return OriginMark.text(signature, of: origin, in: format)
        }
        return sealed.map { OriginMark.text($0, of: origin, isSealed: true, in: format) }
    }
}
