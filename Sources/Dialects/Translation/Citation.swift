// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// A citation of a place on the web, out of any origin's form.
struct Citation {
    var url: EscapedText
    var title: EscapedText?
    /// What the source says, where the origin quotes it.
    var quote: EscapedText?
    /// Where it stands in the text, in characters; 0 where the origin does not tell.
    var start = 0
    var end = 0
    /// Whether it is about the whole of the part that it came with (Anthropic).
    var isOfWholePart = false

    init(url: EscapedText, title: EscapedText?, places: Range<Int> = 0..<0) {
        self.url = url
        self.title = title
        start = places.lowerBound
        end = places.upperBound
    }

    /// Nil for what names no address.
    init?(_ whole: Bytes) {
        // Perplexity has a list of bare addresses.
        if let url = ThoughtSpelling.text(whole) {
            self.init(url: url, title: nil)
            return
        }
        let body = ChatBody(whole)
        var object = whole.root(.object)
        // Chat completions and Gemini put it one level deeper.
        if let inner = body.member("url_citation", of: object) ?? body.member("web", of: object) {
            object = inner
        }
        guard let url = whole.string("url", of: object) ?? whole.string("uri", of: object) else {
            return nil
        }
        self.init(url: url, title: whole.string("title", of: object))
        start = body.member("start_index", of: object)?.int(in: whole.span) ?? 0
        end = body.member("end_index", of: object)?.int(in: whole.span) ?? 0
        quote = whole.string("cited_text", of: object)
        isOfWholePart = quote != nil
    }

    /// All of an answer, their places counted in all of its texts together.
    static func all(in parts: [ContentPart]) -> [Citation] {
        guard parts.contains(where: { !$0.citations.isEmpty }) else { return [] }
        var found: [Citation] = []
        var offset = 0
        for part in parts {
            guard case .text(let text) = part.kind else { continue }
            found += all(of: part, text).map { $0.moved(by: offset) }
            offset += text.scalarCount
        }
        return found
    }

    /// Those of one part, their places counted in its own text.
    static func all(of part: ContentPart, _ text: EscapedText) -> [Citation] {
        part.citations.compactMap { whole in
            var citation = Citation(whole)
            if citation?.isOfWholePart == true { citation?.end = text.scalarCount }
            return citation
        }
    }

    private func moved(by offset: Int) -> Citation {
        guard end > 0 else { return self }
        var moved = self
        moved.start += offset
        moved.end += offset
        return moved
    }

    /// As Responses have it, and as it is carried where the origin has no object for it.
    var json: Bytes {
        var json = JSONWriter(capacity: 256)
        writeResponses(&json)
        return json.finish()
    }

    /// As chat completions have it.
    func writeCompletions(_ json: inout JSONWriter) {
        json.beginObject()
        json.member("type", "url_citation")
        json.key("url_citation")
        json.beginObject()
        writeMembers(&json)
        json.endObject()
        json.endObject()
    }

    /// As Responses have it.
    func writeResponses(_ json: inout JSONWriter) {
        json.beginObject()
        json.member("type", "url_citation")
        writeMembers(&json)
        json.endObject()
    }

    /// As Anthropic has it; its index of the source can be read by Anthropic alone.
    func writeMessages(_ json: inout JSONWriter, of provider: WireFormat?) {
        json.beginObject()
        json.member("type", "web_search_result_location")
        json.member("url", url)
        json.member("title", title ?? url)
        json.member("cited_text", quote ?? EscapedText())
        let none = OriginMark.text(
            EscapedText(), of: provider ?? .chatCompletions, in: .messages)
        json.member("encrypted_index", none)
        json.endObject()
    }

    private func writeMembers(_ json: inout JSONWriter) {
        json.member("url", url)
        json.member("title", title ?? url)
        json.member("start_index", start)
        json.member("end_index", end)
    }
}

extension EscapedText {
    /// How many characters (Unicode scalars) the text has.
    var scalarCount: Int {
        let text = decoded.span
        var count = 0
        for index in text.indices where text[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
