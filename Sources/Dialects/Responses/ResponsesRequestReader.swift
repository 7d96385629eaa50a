// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads the body of `POST /v1/responses`.
struct ResponsesRequestReader {
    let body: ChatBody
    var request = ChatRequest()
    private var input: JSONSlice?

    init(_ bytes: Bytes) {
        body = ChatBody(bytes)
        request.extras.origin = .responses
    }

    consuming func read() throws(RequestFault) -> ChatRequest {
        let bytes = body.bytes
        var members = JSONMembers(in: bytes.span)
        while let member = members.next() {
            let name = bytes.span.extracting(member.key.content)
            if member.value.kind == .null {
                // The model is written anyway, as the target's.
                if !name.equals("model") { body.keep(member, in: &request.extras) }
                continue
            }
            if try readCore(member, name) { continue }
            if try readState(member, name) { continue }
            if try readOptions(member, name) { continue }
            body.keep(member, in: &request.extras)
        }
        guard let input else { throw .missing("input") }
        try readInput(input)
        return request
    }

    private mutating func readCore(
        _ member: JSONMember, _ name: Span<UInt8>
    ) throws(RequestFault) -> Bool {
        let value = member.value
        if name.equals("input") {
            input = value
        } else if name.equals("model") {
            request.model = try body.text(value)
        } else if name.equals("instructions") {
            let text = ContentPart(.text(try body.text(value)))
            var message = ChatMessage(role: .system, parts: [text])
            message.isPlain = true
            message.extras = .whole(body.raw(value), from: .responses)
            request.messages.insert(message, at: 0)
        } else if name.equals("stream") {
            request.stream = try body.bool(value)
            request.includesUsage = request.stream
            request.spelling.insert(.statedStream)
        } else if name.equals("max_output_tokens") {
            request.maxTokens = try body.int(value)
        } else if name.equals("tools") {
            request.spelling.insert(.statedTools)
            try readTools(value)
        } else if name.equals("tool_choice") {
            try readToolChoice(value)
        } else if name.equals("parallel_tool_calls") {
            request.parallelToolCalls = try body.bool(value)
        } else {
            return false
        }
        return true
    }

    /// What only a server that remembers earlier responses can do.
    private mutating func readState(
        _ member: JSONMember, _ name: Span<UInt8>
    ) throws(RequestFault) -> Bool {
        if name.equals("previous_response_id") || name.equals("conversation") {
            throw body.invalid(
                member.value,
                " needs stored responses, and none are kept here: send the whole input.")
        }
        if name.equals("background"), member.value.bool(in: body.bytes.span) == true {
            throw body.invalid(
                member.value, " needs stored responses, and none are kept here: leave it out.")
        }
        return false
    }

    private mutating func readInput(_ value: JSONSlice) throws(RequestFault) {
        if value.kind == .string {
            var message = ChatMessage(
                role: .user, parts: [ContentPart(.text(try body.text(value)))])
            message.isPlain = true
            request.messages.append(message)
            request.spelling.insert(.plainInput)
            return
        }
        guard value.kind == .array else {
            throw body.wrongType(value, "a string or a list of items")
        }
        var reader = ResponsesItemReader(body)
        let whole = body.bytes
        var elements = JSONElements(of: value, in: whole.span)
        while let element = elements.next() { try reader.read(element) }
        request.messages += reader.messages
    }
}
