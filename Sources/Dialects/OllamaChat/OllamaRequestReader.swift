// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a request to Ollama's chat.
///
/// Every member is kept as it came for Ollama itself; what the model has a field for is covered.
struct OllamaRequestReader {
    private let body: ChatBody
    private var request = ChatRequest()
    private var hasMessages = false

    init(_ bytes: Bytes) {
        body = ChatBody(bytes)
        request.extras = Extras(origin: .ollamaChat)
        // It streams unless told not to.
        request.stream = true
    }

    mutating func read() throws(RequestFault) -> ChatRequest {
        let bytes = body.bytes
        var members = JSONMembers(in: bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "model") {
                request.model = try body.text(member.value)
                continue
            }
            let isCovered = member.value.kind == .null ? true : try read(member)
            body.keep(member, in: &request.extras, isCovered: isCovered)
        }
        guard hasMessages else { throw .missing("messages") }
        request.includesUsage = request.stream
        return request
    }

    /// Reads what the model has a field for; false if there was more in it.
    private mutating func read(_ member: JSONMember) throws(RequestFault) -> Bool {
        if body.isNamed(member, "messages") {
            try readMessages(member.value)
        } else if body.isNamed(member, "stream") {
            request.stream = try body.bool(member.value)
        } else if body.isNamed(member, "tools") {
            request.tools = try NestedFunction.readAll(member.value, body, origin: .ollamaChat)
        } else if body.isNamed(member, "options") {
            return try readOptions(member.value)
        } else if body.isNamed(member, "format") {
            return readFormat(member.value)
        } else if body.isNamed(member, "think") {
            try readThink(member.value)
        } else if body.isNamed(member, "logprobs") {
            request.sampling.logprobs = try body.bool(member.value)
        } else if body.isNamed(member, "top_logprobs") {
            request.sampling.topLogprobs = try body.int(member.value)
        } else {
            return false
        }
        return true
    }

    private mutating func readThink(_ value: JSONSlice) throws(RequestFault) {
        var options = ReasoningOptions()
        if let flag = value.bool(in: body.bytes.span) {
            options.includesThoughts = flag
            if !flag { options.budgetTokens = 0 }
        } else {
            options.effort = try body.text(value)
            options.includesThoughts = true
        }
        request.reasoning = options
    }

    private mutating func readFormat(_ value: JSONSlice) -> Bool {
        if value.kind == .object {
            request.output = .schema(OutputSchema(schema: body.raw(value)))
        } else if value.equals("json", in: body.bytes.span) {
            request.output = .json
        } else {
            return value.content.isEmpty
        }
        return true
    }

    private mutating func readOptions(_ value: JSONSlice) throws(RequestFault) -> Bool {
        try body.expect(.object, value)
        var isCovered = true
        let bytes = body.bytes
        var members = JSONMembers(of: value, in: bytes.span)
        while let member = members.next() {
            if member.value.kind == .null { continue }
            if body.isNamed(member, "temperature") {
                request.sampling.temperature = try body.number(member.value)
            } else if body.isNamed(member, "top_p") {
                request.sampling.topP = try body.number(member.value)
            } else if body.isNamed(member, "top_k") {
                request.sampling.topK = try body.number(member.value)
            } else if body.isNamed(member, "seed") {
                request.sampling.seed = try body.number(member.value)
            } else if body.isNamed(member, "frequency_penalty") {
                request.sampling.frequencyPenalty = try body.number(member.value)
            } else if body.isNamed(member, "presence_penalty") {
                request.sampling.presencePenalty = try body.number(member.value)
            } else if body.isNamed(member, "num_predict") {
                let limit = try body.int(member.value)
                if limit > 0 { request.maxTokens = limit }
            } else if body.isNamed(member, "stop") {
                let one = EscapedText(member.value, in: bytes)
                request.stop = if let one { [one] } else { try body.texts(member.value) }
            } else {
                isCovered = false
            }
        }
        return isCovered
    }

    // MARK: - Messages

    private mutating func readMessages(_ list: JSONSlice) throws(RequestFault) {
        try body.expect(.array, list)
        hasMessages = true
        let bytes = body.bytes
        var elements = JSONElements(of: list, in: bytes.span)
        while let element = elements.next() { request.messages.append(try message(element)) }
    }

    private func message(_ value: JSONSlice) throws(RequestFault) -> ChatMessage {
        try body.expect(.object, value)
        guard let role = body.member("role", of: value) else {
            throw body.missing("role", in: value)
        }
        var message = ChatMessage(role: try self.role(role))
        message.extras = Extras(origin: .ollamaChat)
        var result = ToolResult(callID: nil)
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if member.value.kind == .null || body.isNamed(member, "role") { continue }
            if body.isNamed(member, "tool_name") {
                result.name = try body.text(member.value)
            } else if body.isNamed(member, "tool_call_id") {
                result.callID = try body.text(member.value)
            } else if try !readContent(member, &message) {
                body.keep(member, in: &message.extras)
            }
        }
        guard message.role == .tool else { return message }
        result.content = message.parts
        result.isPlain = true
        message.parts = [ContentPart(.toolResult(result))]
        return message
    }

    private func role(_ value: JSONSlice) throws(RequestFault) -> ChatMessage.Role {
        let span = body.bytes.span
        if value.equals("user", in: span) { return .user }
        if value.equals("assistant", in: span) { return .assistant }
        if value.equals("tool", in: span) { return .tool }
        guard value.equals("system", in: span) else {
            throw body.invalid(value, " must be system, user, assistant or tool.")
        }
        return .system
    }

    private func readContent(
        _ member: JSONMember, _ message: inout ChatMessage
    ) throws(RequestFault) -> Bool {
        if body.isNamed(member, "content") {
            let text = try body.text(member.value)
            if !text.isEmpty { message.parts.append(ContentPart(.text(text))) }
        } else if body.isNamed(member, "thinking") {
            let thought = Thought(text: try body.text(member.value))
            message.parts.insert(ContentPart(.reasoning(thought)), at: 0)
        } else if body.isNamed(member, "images") {
            for image in try body.texts(member.value) {
                let source = MediaSource.base64(image, mediaType: Self.mediaType(of: image))
                message.parts.append(ContentPart(.image(source, detail: nil)))
            }
        } else if body.isNamed(member, "tool_calls") {
            try body.expect(.array, member.value)
            message.parts += try OllamaCalls.read(member.value, body).map {
                ContentPart(.toolCall($0))
            }
        } else {
            return false
        }
        return true
    }

    /// Ollama's images do not say what they are; the first bytes do.
    private static func mediaType(of image: EscapedText) -> EscapedText {
        let text = image.raw.span
        if text.hasPrefix("/9j/") { return EscapedText("image/jpeg") }
        if text.hasPrefix("R0lGOD") { return EscapedText("image/gif") }
        if text.hasPrefix("UklGR") { return EscapedText("image/webp") }
        return EscapedText("image/png")
    }
}

/// Ollama's list of calls, in requests, answers and streams.
enum OllamaCalls {
    static func read(
        _ list: JSONSlice, _ body: ChatBody
    ) throws(RequestFault) -> [ToolCall] {
        var calls: [ToolCall] = []
        var elements = JSONElements(of: list, in: body.bytes.span)
        while let element = elements.next() {
            guard let function = body.member("function", of: element),
                let name = body.member("name", of: function)
            else { throw body.missing("function", in: element) }
            let arguments = body.member("arguments", of: function)
            if let arguments, arguments.kind != .object, arguments.kind != .null {
                throw body.wrongType(arguments, "an object")
            }
            let isObject = arguments?.kind == .object
            calls.append(
                ToolCall(
                    id: body.member("id", of: element).flatMap {
                        EscapedText($0, in: body.bytes)
                    },
                    name: try body.text(name),
                    arguments: arguments.flatMap { isObject ? body.raw($0) : nil } ?? "{}"))
        }
        return calls
    }

    static func write(_ calls: [ToolCall], into json: inout JSONWriter) {
        json.key("tool_calls")
        json.beginArray()
        for call in calls {
            json.beginObject()
            if let id = call.id { json.member("id", id) }
            json.key("function")
            json.beginObject()
            json.member("name", call.name)
            json.member("arguments", raw: call.lenientObject.onOneLine)
            json.endObject()
            json.endObject()
        }
        json.endArray()
    }
}
