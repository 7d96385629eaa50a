// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// A citation of a place on the web, out of any origin's form.
struct Citation {
    var url: EscapedText
    var title: EscapedText?
    /// Where it stands in the text, in characters; 0 where the origin does not tell.
    var start = 0
    var end = 0

    /// Nil for what names no address.
    init?(_ whole: Bytes) {
        let body = ChatBody(whole)
        var object = whole.root(.object)
        // Chat completions and Gemini put it one level deeper.
        if let inner = body.member("url_citation", of: object) ?? body.member("web", of: object) {
            object = inner
        }
        guard let url = whole.string("url", of: object) ?? whole.string("uri", of: object) else {
            return nil
        }
        self.url = url
        title = whole.string("title", of: object)
        start = body.member("start_index", of: object)?.int(in: whole.span) ?? 0
        end = body.member("end_index", of: object)?.int(in: whole.span) ?? 0
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

    private func writeMembers(_ json: inout JSONWriter) {
        json.member("url", url)
        json.member("title", title ?? url)
        json.member("start_index", start)
        json.member("end_index", end)
    }
}
