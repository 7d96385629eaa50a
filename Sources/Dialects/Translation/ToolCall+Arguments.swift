// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension ToolCall {
    /// The arguments as a JSON object; nil if the model wrote something else.
    var object: Bytes? {
        if arguments.isEmpty { return "{}" }
        do throws(JSONFault) {
            return try JSONScanner.validate(arguments.span).kind == .object ? arguments : nil
        } catch { return nil }
    }

    /// The arguments as a JSON object; anything else becomes the text of its only member.
    var lenientObject: Bytes {
        if let object { return object }
        var json = JSONWriter(capacity: arguments.count + 32)
        json.beginObject()
        json.key("arguments")
        json.string(arguments)
        json.endObject()
        return json.finish()
    }
}

extension ToolResult {
    /// The result as one text: its text parts, or the object's JSON, or the object's only text.
    var text: EscapedText {
        if let object { return Self.text(of: object) }
        var text = EscapedText()
        for part in content {
            if case .text(let piece) = part.kind { text = text + piece }
        }
        return text
    }

    /// Whether there is something beside text in it.
    var hasMedia: Bool {
        content.contains { part in
            if case .text = part.kind { false } else { true }
        }
    }

    /// `{"result": "it rains"}` is that text; any other object is its own JSON.
    private static func text(of object: Bytes) -> EscapedText {
        let body = ChatBody(object)
        var members = JSONMembers(in: object.span)
        if let only = members.next(), members.next() == nil, !members.isMalformed,
            body.isNamed(only, "result") || body.isNamed(only, "output")
                || body.isNamed(only, "error"),
            let text = EscapedText(only.value, in: object)
        {
            return text
        }
        return EscapedText(escaping: object.span)
    }
}
