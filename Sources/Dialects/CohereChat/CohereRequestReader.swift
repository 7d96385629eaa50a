// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a request to Cohere's chat.
///
/// Every member is kept as it came for Cohere itself; what the model has a field for is covered.
struct CohereRequestReader {
    private let body: ChatBody
    private var request = ChatRequest()
    private var hasMessages = false

    init(_ bytes: Bytes) {
        body = ChatBody(bytes)
        request.extras = Extras(origin: .cohereChat)
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
            try body.expect(.array, member.value)
            hasMessages = true
            let reader = CohereMessageReader(body: body)
            let bytes = body.bytes
            var elements = JSONElements(of: member.value, in: bytes.span)
            while let element = elements.next() {
                request.messages.append(try reader.message(element))
            }
        } else if body.isNamed(member, "stream") {
            request.stream = try body.bool(member.value)
        } else if body.isNamed(member, "tools") {
            request.tools = try NestedFunction.readAll(member.value, body, origin: .cohereChat)
        } else if body.isNamed(member, "tool_choice") {
            request.toolChoice = try choice(member.value)
        } else if body.isNamed(member, "response_format") {
            return readFormat(member.value)
        } else if body.isNamed(member, "thinking") {
            try readThinking(member.value)
        } else {
            return try readSampling(member)
        }
        return true
    }

    private mutating func readSampling(_ member: JSONMember) throws(RequestFault) -> Bool {
        if body.isNamed(member, "max_tokens") {
            request.maxTokens = try body.int(member.value)
        } else if body.isNamed(member, "temperature") {
            request.sampling.temperature = try body.number(member.value)
        } else if body.isNamed(member, "p") {
            request.sampling.topP = try body.number(member.value)
        } else if body.isNamed(member, "k") {
            request.sampling.topK = try body.number(member.value)
        } else if body.isNamed(member, "seed") {
            request.sampling.seed = try body.number(member.value)
        } else if body.isNamed(member, "frequency_penalty") {
            request.sampling.frequencyPenalty = try body.number(member.value)
        } else if body.isNamed(member, "presence_penalty") {
            request.sampling.presencePenalty = try body.number(member.value)
        } else if body.isNamed(member, "stop_sequences") {
            request.stop = try body.texts(member.value)
        } else if body.isNamed(member, "logprobs") {
            request.sampling.logprobs = try body.bool(member.value)
        } else {
            return false
        }
        return true
    }

    private func choice(_ value: JSONSlice) throws(RequestFault) -> ToolChoice {
        let span = body.bytes.span
        if value.equals("REQUIRED", in: span) { return .required }
        guard value.equals("NONE", in: span) else {
            throw body.invalid(value, " must be REQUIRED or NONE.")
        }
        return ToolChoice.none
    }

    private mutating func readFormat(_ value: JSONSlice) -> Bool {
        guard let type = body.member("type", of: value) else { return false }
        guard type.equals("json_object", in: body.bytes.span) else {
            return type.equals("text", in: body.bytes.span)
        }
        let schema = body.member("json_schema", of: value) ?? body.member("schema", of: value)
        guard let schema, schema.kind == .object else {
            request.output = .json
            return true
        }
        request.output = .schema(OutputSchema(schema: body.raw(schema)))
        return true
    }

    private mutating func readThinking(_ value: JSONSlice) throws(RequestFault) {
        try body.expect(.object, value)
        var options = ReasoningOptions()
        guard let type = body.member("type", of: value) else {
            throw body.missing("type", in: value)
        }
        if type.equals("disabled", in: body.bytes.span) {
            options.budgetTokens = 0
        } else {
            options.includesThoughts = true
            if let budget = body.member("token_budget", of: value), budget.kind != .null {
                options.budgetTokens = try body.int(budget)
            }
        }
        request.reasoning = options
    }
}

/// Reads Cohere's messages and their content, in requests and answers alike.
struct CohereMessageReader {
    let body: ChatBody

    func message(_ value: JSONSlice) throws(RequestFault) -> ChatMessage {
        try body.expect(.object, value)
        guard let role = body.member("role", of: value) else {
            throw body.missing("role", in: value)
        }
        var message = ChatMessage(role: try self.role(role))
        message.extras = Extras(origin: .cohereChat)
        var result = ToolResult(callID: nil)
        var calls: [ToolCall] = []
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if member.value.kind == .null || body.isNamed(member, "role") { continue }
            if body.isNamed(member, "content") {
                let content = try content(member.value)
                message.parts += content.parts
                message.isPlain = content.isPlain
            } else if body.isNamed(member, "tool_plan") {
                let plan = try body.text(member.value)
                if !plan.isEmpty { message.parts.insert(ContentPart(.text(plan)), at: 0) }
            } else if body.isNamed(member, "tool_calls") {
                calls = try self.calls(member.value)
            } else if body.isNamed(member, "tool_call_id") {
                result.callID = try body.text(member.value)
            } else {
                body.keep(member, in: &message.extras)
            }
        }
        message.parts += calls.map { ContentPart(.toolCall($0)) }
        guard message.role == .tool else { return message }
        guard result.callID != nil else { throw body.missing("tool_call_id", in: value) }
        result.content = message.parts
        result.isPlain = message.isPlain
        message.parts = [ContentPart(.toolResult(result))]
        return message
    }

    private func role(_ value: JSONSlice) throws(RequestFault) -> ChatMessage.Role {
        let span = body.bytes.span
        if value.equals("user", in: span) { return .user }
        if value.equals("assistant", in: span) { return .assistant }
        if value.equals("tool", in: span) { return .tool }
        if value.equals("developer", in: span) { return .developer }
        guard value.equals("system", in: span) else {
            throw body.invalid(value, " must be system, user, assistant or tool.")
        }
        return .system
    }

    /// A string or a list of parts.
    func content(
        _ value: JSONSlice
    ) throws(RequestFault) -> (parts: [ContentPart], isPlain: Bool) {
        if let text = EscapedText(value, in: body.bytes) {
            return ([ContentPart(.text(text))], true)
        }
        guard value.kind == .array else { throw body.wrongType(value, "a string or an array") }
        var parts: [ContentPart] = []
        var elements = JSONElements(of: value, in: body.bytes.span)
        while let element = elements.next() { parts.append(try part(element)) }
        return (parts, false)
    }

    private func part(_ value: JSONSlice) throws(RequestFault) -> ContentPart {
        try body.expect(.object, value)
        guard let type = body.member("type", of: value) else {
            throw body.missing("type", in: value)
        }
        let span = body.bytes.span
        if type.equals("text", in: span) {
            return ContentPart(.text(try text("text", of: value)))
        }
        if type.equals("thinking", in: span) {
            return ContentPart(.reasoning(Thought(text: try text("thinking", of: value))))
        }
        if type.equals("image_url", in: span), let image = body.member("image_url", of: value) {
            let detail = body.member("detail", of: image).flatMap {
                EscapedText($0, in: body.bytes)
            }
            let url = try text("url", of: image)
            return ContentPart(.image(MediaSource(url: url), detail: detail))
        }
        if type.equals("document", in: span), let file = body.member("document", of: value) {
            return ContentPart(.file(.text(document(file)), name: nil))
        }
        return ContentPart(.foreign(type: try body.text(type), json: body.raw(value)))
    }

    private func text(
        _ name: StaticString, of object: JSONSlice
    ) throws(RequestFault) -> EscapedText {
        guard let value = body.member(name, of: object) else {
            throw body.missing(name, in: object)
        }
        return try body.text(value)
    }

    /// A document is text, or an object whose JSON is taken for its text.
    private func document(_ value: JSONSlice) -> EscapedText {
        let data = body.member("data", of: value) ?? value
        return EscapedText(data, in: body.bytes) ?? EscapedText(escaping: body.raw(data).span)
    }

    func calls(_ list: JSONSlice) throws(RequestFault) -> [ToolCall] {
        try body.expect(.array, list)
        var calls: [ToolCall] = []
        var elements = JSONElements(of: list, in: body.bytes.span)
        while let element = elements.next() {
            guard let function = body.member("function", of: element) else {
                throw body.missing("function", in: element)
            }
            let arguments = body.member("arguments", of: function)?.string(in: body.bytes)
            let id = body.member("id", of: element).flatMap { EscapedText($0, in: body.bytes) }
            calls.append(
                ToolCall(
                    id: id, name: try text("name", of: function),
                    arguments: arguments ?? Bytes()))
        }
        return calls
    }
}

extension MediaSource {
    /// A `data:` URL in base64 (RFC 2397) is its data; any other is where the data lies.
    init(url: EscapedText) {
        let text = url.raw
        let marker: StaticString = ";base64,"
        guard text.span.hasPrefix("data:") else {
            self = .url(url, mediaType: nil)
            return
        }
        let length = marker.utf8CodeUnitCount
        var end = 5
        while end + length <= text.count,
            !text.span.extracting(end..<end + length).equals(marker)
        {
            end += 1
        }
        guard end + length <= text.count, !url.hasEscapes else {
            self = .url(url, mediaType: nil)
            return
        }
        self = .base64(
            EscapedText(escaping: text[end + length..<text.count].span),
            mediaType: EscapedText(escaping: text[5..<end].span))
    }

    /// The source as a URL; nil for what is stored at a provider, and for text.
    var url: EscapedText? {
        switch self {
        case .url(let url, _): return url
        case .base64(let data, let mediaType):
            var writer = ByteWriter(capacity: data.raw.count + 48)
            writer.append("data:")
            writer.append(mediaType.decoded)
            writer.append(";base64,")
            writer.append(data.decoded)
            return EscapedText(escaping: writer.finish().span)
        case .stored, .text: return nil
        }
    }
}
