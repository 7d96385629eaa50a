// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// The probabilities of an answer's tokens, between the forms that formats have for them.
///
/// Chat completions have an object with a list, Responses the list alone, Gemini two lists side by
/// side; all are natural logarithms.
enum TokenOdds {
    /// OpenAI's list; nil if the origin's form is none of the three.
    static func list(_ whole: Bytes) -> Bytes? {
        if whole.root(.array).kind == .array { return whole }
        let body = ChatBody(whole)
        let root = whole.root(.object)
        if let list = body.member("content", of: root) {
            return list.kind == .array ? body.raw(list) : nil
        }
        guard let chosen = body.loose("chosencandidates", of: root) else { return nil }
        return list(body.elements(of: chosen), body.loose("topcandidates", of: root), body)
    }

    private static func list(_ chosen: [Bytes], _ top: JSONSlice?, _ body: ChatBody) -> Bytes {
        let others = top.map(body.elements(of:)) ?? []
        var json = JSONWriter(capacity: 256 * chosen.count)
        json.beginArray()
        for (index, token) in chosen.enumerated() {
            json.beginObject()
            write(token, &json)
            json.key("top_logprobs")
            json.beginArray()
            if index < others.count {
                let step = ChatBody(others[index])
                let list = step.loose("candidates", of: others[index].root(.object))
                for other in list.map(step.elements(of:)) ?? [] {
                    json.beginObject()
                    write(other, &json)
                    json.endObject()
                }
            }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        return json.finish()
    }

    /// One of Gemini's tokens in OpenAI's words.
    private static func write(_ token: Bytes, _ json: inout JSONWriter) {
        let body = ChatBody(token)
        let root = token.root(.object)
        let text = body.looseText("token", of: root) ?? EscapedText()
        json.member("token", text)
        json.key("bytes")
        json.beginArray()
        let bytes = text.decoded
        for index in 0..<bytes.count { json.int(Int(bytes[index])) }
        json.endArray()
        json.member("logprob", raw: body.loose("logprobability", of: root).map(body.raw) ?? "0")
    }

    /// Gemini's object; nil if there is none in the origin's form.
    static func gemini(_ whole: Bytes) -> Bytes? {
        guard let list = list(whole) else { return nil }
        let tokens = ChatBody(list).elements(of: list.root(.array))
        var json = JSONWriter(capacity: list.count)
        json.beginObject()
        json.key("chosenCandidates")
        json.beginArray()
        for token in tokens { writeGemini(token, &json) }
        json.endArray()
        json.key("topCandidates")
        json.beginArray()
        for token in tokens {
            let body = ChatBody(token)
            let others = body.member("top_logprobs", of: token.root(.object))
            json.beginObject()
            json.key("candidates")
            json.beginArray()
            for other in others.map(body.elements(of:)) ?? [] { writeGemini(other, &json) }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.finish()
    }

    private static func writeGemini(_ token: Bytes, _ json: inout JSONWriter) {
        let body = ChatBody(token)
        let root = token.root(.object)
        json.beginObject()
        json.member("token", token.string("token", of: root) ?? EscapedText())
        if let value = body.member("logprob", of: root) {
            json.member("logProbability", raw: body.raw(value))
        }
        json.endObject()
    }

    /// The object of chat completions.
    static func completions(_ whole: Bytes) -> Bytes? {
        if ChatBody(whole).member("content", of: whole.root(.object)) != nil { return whole }
        guard let list = list(whole) else { return nil }
        var json = JSONWriter(capacity: list.count + 32)
        json.beginObject()
        json.member("content", raw: list)
        json.key("refusal")
        json.null()
        json.endObject()
        return json.finish()
    }

    /// Two lists as one; neither may be empty.
    static func joined(_ first: Bytes?, _ second: Bytes) -> Bytes {
        guard let first else { return second }
        var writer = ByteWriter(capacity: first.count + second.count)
        writer.append(first.prefix(first.count - 1))
        writer.append(",")
        writer.append(second[1..<second.count])
        return writer.finish()
    }
}

extension Bytes {
    /// What stands between the brackets of a JSON list.
    var inside: Bytes { self[1..<count - 1] }
}
