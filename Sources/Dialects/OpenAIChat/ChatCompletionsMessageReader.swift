// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads the elements of `messages`.
struct ChatCompletionsMessageReader {
    let body: ChatBody

    init(_ body: ChatBody) { self.body = body }

    /// The members of a message that have to be put in order after all are seen.
    struct Members {
        var role: JSONSlice?
        var content: JSONSlice?
        var callID: EscapedText?
        var calls: JSONSlice?
        var refusal: EscapedText?
        var thoughts = Extras(origin: .chatCompletions)
    }

    func message(_ element: JSONSlice) throws(RequestFault) -> ChatMessage {
        try body.expect(.object, element)
        var found = Members()
        var message = ChatMessage(role: .user)
        message.extras.origin = .chatCompletions
        var members = JSONMembers(of: element, in: body.bytes.span)
        while let member = members.next() {
            try take(member, &found, &message)
        }
        guard let role = found.role else { throw body.missing("role", in: element) }
        message.role = try self.role(role)
        ThoughtSpelling.read(found.thoughts, into: &message.parts)
        try readContent(found.content, &message)
        if let refusal = found.refusal {
            var part = ContentPart(.refusal(refusal))
            part.extras = ThoughtSpelling.besideContent
            message.parts.append(part)
        }
        if let calls = found.calls { try readCalls(calls, &message.parts) }
        if message.role == .tool { asToolResult(&message, found.callID) }
        return message
    }

    private func take(
        _ member: JSONMember, _ found: inout Members, _ message: inout ChatMessage
    ) throws(RequestFault) {
        let value = member.value
        if body.isNamed(member, "role") {
            found.role = value
        } else if value.kind == .null {
            body.keep(member, in: &message.extras)
        } else if body.isNamed(member, "content") {
            found.content = value
        } else if body.isNamed(member, "tool_calls") {
            try body.expect(.array, value)
            found.calls = value
            // An empty list is not the same as none to its sender.
            if value.isEmptyList(in: body.bytes.span) {
                body.keep(member, in: &message.extras, isCovered: true)
            }
        } else if body.isNamed(member, "tool_call_id") {
            found.callID = try body.text(value)
        } else if body.isNamed(member, "name") {
            message.name = try body.text(value)
        } else if body.isNamed(member, "refusal") {
            found.refusal = try body.text(value)
        } else if ThoughtSpelling.isName(body.bytes.span.extracting(member.key.content)) {
            body.keep(member, in: &found.thoughts, isCovered: true)
        } else {
            body.keep(member, in: &message.extras)
        }
    }

    private func role(_ value: JSONSlice) throws(RequestFault) -> ChatMessage.Role {
        let bytes = body.bytes.span
        if value.equals("user", in: bytes) { return .user }
        if value.equals("assistant", in: bytes) { return .assistant }
        if value.equals("tool", in: bytes) { return .tool }
        if value.equals("system", in: bytes) { return .system }
        if value.equals("developer", in: bytes) { return .developer }
        guard value.kind == .string else { throw body.wrongType(value, "a string") }
        throw body.invalid(value, " must be system, developer, user, assistant or tool.")
    }

    private func readContent(
        _ content: JSONSlice?, _ message: inout ChatMessage
    ) throws(RequestFault) {
        guard let content else { return }
        if content.kind == .string {
            message.isPlain = true
            let text = try body.text(content)
            if !text.isEmpty { message.parts.append(ContentPart(.text(text))) }
            return
        }
        guard content.kind == .array else {
            throw body.wrongType(content, "a string or a list of parts")
        }
        if content.isEmptyList(in: body.bytes.span) {
            let raw = RawMember(name: EscapedText("content"), value: "[]", isCovered: true)
            message.extras.members.append(raw)
        }
        let reader = ChatCompletionsPartReader(body)
        var elements = JSONElements(of: content, in: body.bytes.span)
        while let element = elements.next() {
            message.parts.append(try reader.part(element))
        }
    }

    private func readCalls(
        _ calls: JSONSlice, _ parts: inout [ContentPart]
    ) throws(RequestFault) {
        var elements = JSONElements(of: calls, in: body.bytes.span)
        while let element = elements.next() {
            try body.expect(.object, element)
            guard let part = ToolCallSpelling.read(element, in: body.bytes) else {
                throw body.missing("function", in: element)
            }
            parts.append(part)
        }
    }

    /// A tool's message is one result.
    private func asToolResult(_ message: inout ChatMessage, _ callID: EscapedText?) {
        var result = ToolResult(callID: callID, content: message.parts)
        result.isPlain = message.isPlain
        result.name = message.name
        message.parts = [ContentPart(.toolResult(result))]
    }
}

extension JSONSlice {
    /// Whether this is an array without elements.
    func isEmptyList(in bytes: Span<UInt8>) -> Bool {
        guard kind == .array else { return false }
        var elements = JSONElements(of: self, in: bytes)
        return elements.next() == nil
    }
}
