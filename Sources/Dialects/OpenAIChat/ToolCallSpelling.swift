// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// One element of `tool_calls`.
enum ToolCallSpelling {
    /// Reads a call; nil if it has neither a function nor a type of its own.
    static func read(_ element: JSONSlice, in bytes: Bytes) -> ContentPart? {
        let body = ChatBody(bytes)
        var function: JSONSlice?
        var call = ToolCall(id: nil, name: EscapedText(), arguments: Bytes())
        var extras = Extras(origin: .chatCompletions)
        var members = JSONMembers(of: element, in: bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "function"), member.value.kind == .object {
                function = member.value
            } else if body.isNamed(member, "id"), member.value.kind == .string {
                call.id = EscapedText(member.value, in: bytes)
            } else {
                if body.isNamed(member, "extra_content") {
                    call.signature = signature(member.value, in: bytes)
                }
                body.keep(member, in: &extras, isCovered: true)
            }
        }
        guard let function else {
            guard let type = bytes.string("type", of: element) else { return nil }
            return ContentPart(.foreign(type: type, json: bytes[element.range]))
        }
        if !read(function, in: body, into: &call) {
            let raw = RawMember(
                name: EscapedText("function"), value: bytes[function.range], isCovered: true)
            extras.members.append(raw)
        }
        var part = ContentPart(.toolCall(call))
        part.extras = extras
        return part
    }

    /// False if the object has more in it than name and arguments.
    private static func read(
        _ function: JSONSlice, in body: ChatBody, into call: inout ToolCall
    ) -> Bool {
        var isWhole = true
        var hasArguments = false
        var members = JSONMembers(of: function, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "name"),
                let name = EscapedText(member.value, in: body.bytes)
            {
                call.name = name
            } else if body.isNamed(member, "arguments") {
                hasArguments = true
                if let text = member.value.string(in: body.bytes) {
                    call.arguments = text
                } else {
                    isWhole = false
                    if member.value.kind == .object { call.arguments = body.raw(member.value) }
                }
            } else {
                isWhole = false
            }
        }
        return isWhole && hasArguments
    }

    /// Gemini's proof, where its compatible answers have it: `extra_content.google`.
    static func signature(_ extra: JSONSlice, in bytes: Bytes) -> EscapedText? {
        guard let google = ChatBody(bytes).member("google", of: extra) else { return nil }
        return bytes.string("thought_signature", of: google)
    }

    /// Writes a call; of another format with the id given.
    static func write(
        _ call: ToolCall, _ extras: Extras, id: EscapedText?, index: Int? = nil,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        if let id { json.member("id", id) }
        let isOwn = extras.origin == .chatCompletions
        if isOwn { json.members(extras) } else { json.member("type", "function") }
        if let index, !isOwn { json.member("index", index) }
        if !isOwn || extras["function"] == nil {
            json.key("function")
            json.beginObject()
            json.member("name", call.name)
            json.key("arguments")
            json.string(call.arguments)
            json.endObject()
        }
        if !isOwn, let signature = call.signature { write(signature: signature, to: &json) }
        json.endObject()
    }

    static func write(signature: EscapedText, to json: inout JSONWriter) {
        json.key("extra_content")
        json.beginObject()
        json.key("google")
        json.beginObject()
        json.member("thought_signature", signature)
        json.endObject()
        json.endObject()
    }
}
