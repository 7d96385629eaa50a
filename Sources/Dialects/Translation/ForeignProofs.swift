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
        let needle = format == .generateContent ? Needle.base64 : Needle.plain
        guard needle.isIn(body.span) else { return nil }
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

/// Looks for a text the way that Horspool does: a step is nearly as long as what is looked for.
struct Needle {
    static let plain = Needle(OriginMark.start)
    static let base64 = Needle(OriginMark.base64Start)

    private let text: Bytes
    /// For each byte: how far its last place, but for the end, is from the end.
    private let steps: [UInt8]

    private init(_ text: StaticString) {
        self.text = Bytes(text.description)
        var steps = [UInt8](repeating: UInt8(self.text.count), count: 256)
        for index in 0..<self.text.count - 1 {
            steps[Int(self.text[index])] = UInt8(self.text.count - 1 - index)
        }
        self.steps = steps
    }

    func isIn(_ bytes: Span<UInt8>) -> Bool {
        let last = text.count - 1
        let end = text[last]
        var position = last
        while position < bytes.count {
            let byte = bytes[position]
            if byte == end, bytes.extracting(position - last..<position + 1).equals(text.span) {
                return true
            }
            position += Int(steps[Int(byte)])
        }
        return false
    }
}
