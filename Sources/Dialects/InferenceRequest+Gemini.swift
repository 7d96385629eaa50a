// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

extension InferenceRequest {
    /// Gemini names the model in the path; embeddings and counts may name it in the body as well.
    func geminiBody(model: Bytes?) -> BodyPieces {
        guard let model, model != self.model, case .gemini(let method, _) = operation,
            method != .generateContent, method != .streamGenerateContent
        else { return BodyPieces(body) }
        var writer = ByteWriter(capacity: body.count + 64)
        var position = 0
        for range in innerModels {
            writer.append(body[position..<range.lowerBound])
            writer.append("\"models/")
            writer.append(EscapedText(escaping: model.span).raw)
            writer.append("\"")
            position = range.upperBound
        }
        writer.append(body[position..<body.count])
        return BodyPieces(writer.finish())
    }

    /// Where the body repeats the model, in order.
    private var innerModels: [Range<Int>] {
        var ranges: [Range<Int>] = []
        let span = body.span
        var members = JSONMembers(in: span)
        while let member = members.next() {
            if member.key.equals("model", in: span) {
                ranges.append(member.value.range)
            } else if member.key.equals("requests", in: span) {
                var elements = JSONElements(of: member.value, in: span)
                while let element = elements.next() { ranges += Self.model(of: element, span) }
            } else if member.key.equals("generateContentRequest", in: span) {
                ranges += Self.model(of: member.value, span)
            }
        }
        return ranges
    }

    private static func model(of object: JSONSlice, _ span: Span<UInt8>) -> [Range<Int>] {
        var members = JSONMembers(of: object, in: span)
        while let member = members.next() {
            if member.key.equals("model", in: span) { return [member.value.range] }
        }
        return []
    }
}
