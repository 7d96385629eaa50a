// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// An item that the model made: a thought, a call, or what only OpenAI knows.
struct ResponsesItem {
    let parts: [ContentPart]

    init(_ item: JSONSlice, _ type: EscapedText, _ body: ChatBody) throws(RequestFault) {
        if type.equals("function_call") {
            parts = [try Self.call(item, body)]
        } else if type.equals("reasoning") {
            parts = [ContentPart(.reasoning(Self.thought(item, body)))]
        } else {
            parts = [ContentPart(.foreign(type: type, json: body.raw(item)))]
        }
    }

    private static func call(
        _ item: JSONSlice, _ body: ChatBody
    ) throws(RequestFault) -> ContentPart {
        guard let name = body.member("name", of: item) else {
            throw body.missing("name", in: item)
        }
        let arguments = body.member("arguments", of: item)?.string(in: body.bytes)
        var call = ToolCall(
            id: body.bytes.string("call_id", of: item), name: try body.text(name),
            arguments: arguments ?? Bytes())
        call.itemID = body.bytes.string("id", of: item)
        return ContentPart(.toolCall(call))
    }

    /// The thoughts themselves where they are shown, or else their summary.
    static func thought(_ item: JSONSlice, _ body: ChatBody) -> Thought {
        var thought = Thought()
        thought.id = body.bytes.string("id", of: item)
        thought.text = texts("content", of: item, body) ?? texts("summary", of: item, body)
        if let sealed = body.bytes.string("encrypted_content", of: item) {
            thought.take(proof: sealed, isSealed: true, in: .responses)
        }
        return thought
    }

    private static func texts(
        _ name: StaticString, of item: JSONSlice, _ body: ChatBody
    ) -> EscapedText? {
        guard let list = body.member(name, of: item) else { return nil }
        var joined: EscapedText?
        var elements = JSONElements(of: list, in: body.bytes.span)
        while let element = elements.next() {
            guard let text = body.bytes.string("text", of: element) else { continue }
            joined = joined.map { $0 + text } ?? text
        }
        return joined
    }

    /// The parts of one item, the first one with the item as it came.
    static func mark(_ parts: [ContentPart], whole: Bytes) -> [ContentPart] {
        guard !parts.isEmpty else {
            var part = ContentPart(.foreign(type: EscapedText("message"), json: whole))
            part.extras = .whole(whole, from: .responses)
            return [part]
        }
        var marked = parts
        for index in marked.indices { marked[index].extras = Extras(origin: .responses) }
        marked[0].extras = .whole(whole, from: .responses)
        return marked
    }
}
