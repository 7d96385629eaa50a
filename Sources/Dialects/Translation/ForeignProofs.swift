// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Takes out of a body, in its caller's own format, what another provider has signed or sealed.
///
/// A chat that was answered by several providers holds thoughts of all of them, each marked when it
/// crossed formats (`OriginMark`). One that is passed on as it came must not hold any: the provider
/// would check it as its own, and refuse the whole chat.
public struct ForeignProofs {
    /// The body without them.
    public private(set) var body: Bytes
    /// Where they stood.
    public private(set) var notes = TranslationNotes()

    private let format: WireFormat
    private var cuts: [(range: Range<Int>, replacement: Bytes)] = []

    /// Nil if there are none, which one quick look over the body tells.
    public init?(in body: Bytes, _ format: WireFormat) {
        let mark = format == .generateContent ? OriginMark.base64Start : OriginMark.start
        guard body.span.contains(mark) else { return nil }
        self.body = body
        self.format = format
        _ = look(at: JSONSlice(kind: .object, range: body.span.trimmedRange))
        guard !cuts.isEmpty else { return nil }
        self.body = cutBody()
    }

    /// Whether a value holds a mark for which no list in it can be cut.
    private mutating func look(at value: JSONSlice) -> Bool {
        switch value.kind {
        case .object: return look(atObject: value)
        case .array:
            cutElements(of: value)
            return false
        default: return false
        }
    }

    private mutating func look(atObject object: JSONSlice) -> Bool {
        let bytes = body
        let text = ChatBody(bytes)
        var isMarked = false
        var members = JSONMembers(of: object, in: bytes.span)
        while let member = members.next() {
            guard let proof = Self.proof(member, text, format) else {
                if look(at: member.value) { isMarked = true }
                continue
            }
            if format == .generateContent {
                // Documented for what another model has made.
                cuts.append((proof.range, "\"skip_thought_signature_validator\""))
                notes.drop(JSONPath.locate(proof.range.lowerBound, in: bytes.span))
            } else {
                isMarked = true
            }
        }
        return isMarked
    }

    /// A marked value of one of the members that hold proofs.
    private static func proof(
        _ member: JSONMember, _ body: ChatBody, _ format: WireFormat
    ) -> JSONSlice? {
        guard let text = EscapedText(member.value, in: body.bytes) else { return nil }
        if format == .generateContent {
            let isProof = body.isCalled(member, "thoughtsignature")
            return isProof && OriginMark(readingBase64: text) != nil ? member.value : nil
        }
        let isProof =
            body.isNamed(member, "signature") || body.isNamed(member, "data")
            || body.isNamed(member, "encrypted_content")
            || body.isNamed(member, "encrypted_index")
        return isProof && OriginMark(reading: text) != nil ? member.value : nil
    }

    /// Cuts the elements that are marked themselves, each with one comma.
    private mutating func cutElements(of list: JSONSlice) {
        let bytes = body
        var kept = list.range.lowerBound + 1
        var isFirstKept = true
        var elements = JSONElements(of: list, in: bytes.span)
        while let element = elements.next() {
            if look(at: element) {
                // From the end of the last one kept: its comma goes as well, or, if there is none,
                // that of the next one.
                notes.drop(JSONPath.locate(element.range.lowerBound, in: bytes.span))
                cuts.append((kept..<element.range.upperBound, Bytes()))
                kept = element.range.upperBound
            } else {
                if isFirstKept, kept > list.range.lowerBound + 1 {
                    cuts.append((kept..<element.range.lowerBound, Bytes()))
                }
                isFirstKept = false
                kept = element.range.upperBound
            }
        }
    }

    private func cutBody() -> Bytes {
        var writer = ByteWriter(capacity: body.count)
        var position = 0
        for cut in cuts.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            // A list may be cut inside an element that is cut itself.
            guard cut.range.lowerBound >= position else { continue }
            writer.append(body[position..<cut.range.lowerBound])
            writer.append(cut.replacement)
            position = cut.range.upperBound
        }
        writer.append(body[position..<body.count])
        return writer.finish()
    }
}
