// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Gemini's `groundingMetadata`, which names sources and, beside them, what rests on them.
struct Grounding {
    /// A source, and a place in one of the candidate's parts, in bytes; 0 if it is not told.
    struct Support {
        var source: Bytes
        var part = 0
        var places = 0..<0
    }

    private let body: ChatBody
    private(set) var supports: [Support] = []

    init(_ metadata: JSONSlice, in body: ChatBody) {
        self.body = body
        let chunks = body.loose("groundingchunks", of: metadata).map(body.elements(of:)) ?? []
        var isUsed = [Bool](repeating: false, count: chunks.count)
        if let list = body.loose("groundingsupports", of: metadata) {
            var elements = JSONElements(of: list, in: body.bytes.span)
            while let element = elements.next() {
                for index in indices(of: element) where chunks.indices.contains(index) {
                    isUsed[index] = true
                    supports.append(support(element, chunks[index]))
                }
            }
        }
        for (index, chunk) in chunks.enumerated() where !isUsed[index] {
            supports.append(Support(source: chunk))
        }
    }

    private func indices(of support: JSONSlice) -> [Int] {
        guard let list = body.loose("groundingchunkindices", of: support) else { return [] }
        return body.elements(of: list).compactMap { number in
            JSONSlice(kind: .number, range: 0..<number.count).int(in: number.span)
        }
    }

    private func support(_ element: JSONSlice, _ chunk: Bytes) -> Support {
        var support = Support(source: chunk)
        guard let segment = body.loose("segment", of: element) else { return support }
        let span = body.bytes.span
        let start = max(0, body.loose("startindex", of: segment)?.int(in: span) ?? 0)
        let end = body.loose("endindex", of: segment)?.int(in: span) ?? 0
        support.part = max(0, body.loose("partindex", of: segment)?.int(in: span) ?? 0)
        if end > start { support.places = start..<end }
        return support
    }

    /// Gives each text what rests on a source; what belongs to no text goes to the last one.
    func distribute(to parts: inout [ContentPart]) {
        guard let last = parts.lastIndex(where: \.isText) else { return }
        for support in supports {
            let isKnown = parts.indices.contains(support.part) && parts[support.part].isText
            let index = isKnown ? support.part : last
            guard case .text(let text) = parts[index].kind else { continue }
            let bytes = text.decoded
            let places = isKnown ? bytes.scalars(in: support.places) : 0..<0
            parts[index].citations.append(Self.json(support, places))
        }
    }

    /// As a citation that carries its place, or the source itself if it has no address.
    static func json(_ support: Support, _ places: Range<Int>) -> Bytes {
        guard var citation = Citation(support.source) else { return support.source }
        citation.start = places.lowerBound
        citation.end = places.upperBound
        return citation.json
    }

    /// Writes sources and what rests on them; the texts are those of the parts, if they are here.
    static func write(
        _ citations: [(citation: Citation, part: Int, text: Bytes?)], to json: inout JSONWriter
    ) {
        var urls: [EscapedText] = []
        json.key("groundingMetadata")
        json.beginObject()
        json.key("groundingChunks")
        json.beginArray()
        for (citation, _, _) in citations where !urls.contains(citation.url) {
            urls.append(citation.url)
            json.beginObject()
            json.key("web")
            json.beginObject()
            json.member("uri", citation.url)
            json.member("title", citation.title ?? citation.url)
            json.endObject()
            json.endObject()
        }
        json.endArray()
        json.key("groundingSupports")
        json.beginArray()
        for (citation, part, text) in citations where citation.end > citation.start {
            guard let index = urls.firstIndex(of: citation.url), let text else { continue }
            let places = text.bytes(ofScalars: citation.start..<citation.end)
            json.beginObject()
            json.key("segment")
            json.beginObject()
            if part > 0 { json.member("partIndex", part) }
            json.member("startIndex", places.lowerBound)
            json.member("endIndex", places.upperBound)
            json.endObject()
            json.key("groundingChunkIndices")
            json.beginArray()
            json.int(index)
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

extension ContentPart {
    fileprivate var isText: Bool { if case .text = kind { true } else { false } }
}

extension Bytes {
    /// A range of a text's bytes as one of its characters.
    fileprivate func scalars(in places: Range<Int>) -> Range<Int> {
        guard !places.isEmpty, places.upperBound <= count else { return 0..<0 }
        var seen = 0
        var start = 0
        for index in 0..<places.upperBound {
            if index == places.lowerBound { start = seen }
            if self[index] & 0xC0 != 0x80 { seen += 1 }
        }
        return start..<max(start, seen)
    }

    /// A range of a text's characters as one of its bytes, as far as the text goes.
    fileprivate func bytes(ofScalars places: Range<Int>) -> Range<Int> {
        var seen = 0
        var start = count
        for index in 0..<count where self[index] & 0xC0 != 0x80 {
            if seen == places.lowerBound { start = index }
            if seen == places.upperBound { return start..<index }
            seen += 1
        }
        return start..<count
    }
}
