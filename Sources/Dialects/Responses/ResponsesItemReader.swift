// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads the items of a request's input; what the assistant said in a row becomes one message.
struct ResponsesItemReader {
    let body: ChatBody
    private(set) var messages: [ChatMessage] = []

    init(_ body: ChatBody) { self.body = body }

    mutating func read(_ item: JSONSlice) throws(RequestFault) {
        try body.expect(.object, item)
        let type = body.bytes.string("type", of: item) ?? EscapedText("message")
        if type.equals("message") {
            try readMessage(item)
        } else if type.equals("function_call_output") {
            try readResult(item)
        } else {
            appendAssistant(try ResponsesItem(item, type, body).parts, item)
        }
    }

    private mutating func readMessage(_ item: JSONSlice) throws(RequestFault) {
        let role = try role(of: item)
        guard let content = body.member("content", of: item) else {
            throw body.missing("content", in: item)
        }
        let parts = try self.parts(content)
        if role == .assistant {
            appendAssistant(parts, item)
            return
        }
        var message = ChatMessage(role: role, parts: parts)
        message.isPlain = content.kind == .string
        message.extras = .whole(body.raw(item), from: .responses)
        messages.append(message)
    }

    private func role(of item: JSONSlice) throws(RequestFault) -> ChatMessage.Role {
        guard let value = body.member("role", of: item) else {
            throw body.missing("role", in: item)
        }
        let bytes = body.bytes.span
        if value.equals("user", in: bytes) { return .user }
        if value.equals("assistant", in: bytes) { return .assistant }
        if value.equals("system", in: bytes) { return .system }
        if value.equals("developer", in: bytes) { return .developer }
        throw body.invalid(value, " must be user, assistant, system or developer.")
    }

    private func parts(_ content: JSONSlice) throws(RequestFault) -> [ContentPart] {
        if content.kind == .string {
            let text = try body.text(content)
            return text.isEmpty ? [] : [ContentPart(.text(text))]
        }
        guard content.kind == .array else {
            throw body.wrongType(content, "a string or a list of parts")
        }
        var parts: [ContentPart] = []
        var elements = JSONElements(of: content, in: body.bytes.span)
        while let element = elements.next() {
            parts.append(try ResponsesPartReader(body).part(element))
        }
        return parts
    }

    private mutating func readResult(_ item: JSONSlice) throws(RequestFault) {
        guard let id = body.member("call_id", of: item) else {
            throw body.missing("call_id", in: item)
        }
        guard let output = body.member("output", of: item) else {
            throw body.missing("output", in: item)
        }
        var result = ToolResult(callID: try body.text(id), content: try parts(output))
        result.isPlain = output.kind == .string
        var message = ChatMessage(role: .tool, parts: [ContentPart(.toolResult(result))])
        message.extras = .whole(body.raw(item), from: .responses)
        messages.append(message)
    }

    /// The item as it came goes with its first part; the others only say whose they are.
    private mutating func appendAssistant(_ parts: [ContentPart], _ item: JSONSlice) {
        let marked = ResponsesItem.mark(parts, whole: body.raw(item))
        if messages.last?.role == .assistant {
            messages[messages.count - 1].parts += marked
        } else {
            messages.append(ChatMessage(role: .assistant, parts: marked))
        }
    }
}
