// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a request to Anthropic's Messages API.
struct MessagesRequestReader {
    private let body: ChatBody
    private let blocks: MessagesBlockReader
    private var request = ChatRequest()
    private var system: ChatMessage?
    private var hasMessages = false

    init(_ bytes: Bytes) {
        body = ChatBody(bytes)
        blocks = MessagesBlockReader(body: body)
        request.extras = Extras(origin: .messages)
    }

    mutating func read() throws(RequestFault) -> ChatRequest {
        let bytes = body.bytes
        var members = JSONMembers(in: bytes.span)
        while let member = members.next() {
            guard member.value.kind != .null else {
                body.keep(member, in: &request.extras)
                continue
            }
            if try readTurns(member) { continue }
            if try readSampling(member) { continue }
            if try readTools(member) { continue }
            if try readThinking(member) { continue }
            body.keep(member, in: &request.extras)
        }
        guard hasMessages else { throw .missing("messages") }
        if let system { request.messages.insert(system, at: 0) }
        return request
    }

    private mutating func readTurns(_ member: JSONMember) throws(RequestFault) -> Bool {
        if body.isNamed(member, "messages") {
            try readMessages(member.value)
        } else if body.isNamed(member, "model") {
            request.model = try body.text(member.value)
        } else if body.isNamed(member, "system") {
            let content = try blocks.content(member.value)
            system = ChatMessage(role: .system, parts: content.parts)
            system?.isPlain = content.isPlain
        } else if body.isNamed(member, "stream") {
            request.stream = try body.bool(member.value)
            request.spelling.insert(.statedStream)
        } else if body.isNamed(member, "metadata") {
            if let user = body.member("user_id", of: member.value) {
                request.user = EscapedText(user, in: body.bytes)
            }
            body.keep(member, in: &request.extras, isCovered: true)
        } else {
            return false
        }
        return true
    }

    private mutating func readMessages(_ list: JSONSlice) throws(RequestFault) {
        try body.expect(.array, list)
        hasMessages = true
        let bytes = body.bytes
        var elements = JSONElements(of: list, in: bytes.span)
        while let element = elements.next() {
            request.messages.append(try message(element))
        }
    }

    private func message(_ value: JSONSlice) throws(RequestFault) -> ChatMessage {
        try body.expect(.object, value)
        var message = ChatMessage(role: .user)
        message.extras = Extras(origin: .messages)
        var hasRole = false
        var hasContent = false
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "role") {
                message.role = try role(member, &message.extras)
                hasRole = true
            } else if body.isNamed(member, "content") {
                let content = try blocks.content(member.value)
                message.parts = content.parts
                message.isPlain = content.isPlain
                hasContent = true
            } else {
                body.keep(member, in: &message.extras)
            }
        }
        guard hasRole else { throw body.missing("role", in: value) }
        guard hasContent else { throw body.missing("content", in: value) }
        return message
    }

    private func role(
        _ member: JSONMember, _ extras: inout Extras
    ) throws(RequestFault) -> ChatMessage.Role {
        if member.value.equals("user", in: body.bytes.span) { return .user }
        if member.value.equals("assistant", in: body.bytes.span) { return .assistant }
        guard member.value.equals("system", in: body.bytes.span) else {
            throw body.invalid(member.value, " must be user or assistant.")
        }
        // Tells it from the system text that stands beside the messages.
        body.keep(member, in: &extras, isCovered: true)
        return .system
    }

    private mutating func readSampling(_ member: JSONMember) throws(RequestFault) -> Bool {
        if body.isNamed(member, "max_tokens") {
            request.maxTokens = try body.int(member.value)
        } else if body.isNamed(member, "temperature") {
            request.sampling.temperature = try body.number(member.value)
        } else if body.isNamed(member, "top_p") {
            request.sampling.topP = try body.number(member.value)
        } else if body.isNamed(member, "top_k") {
            request.sampling.topK = try body.number(member.value)
        } else if body.isNamed(member, "stop_sequences") {
            request.stop = try body.texts(member.value)
            if request.stop.isEmpty { body.keep(member, in: &request.extras, isCovered: true) }
        } else if body.isNamed(member, "service_tier") {
            request.serviceTier = try body.text(member.value)
        } else {
            return false
        }
        return true
    }
}

// MARK: - Tools

extension MessagesRequestReader {
    private mutating func readTools(_ member: JSONMember) throws(RequestFault) -> Bool {
        if body.isNamed(member, "tools") {
            try body.expect(.array, member.value)
            request.spelling.insert(.statedTools)
            let bytes = body.bytes
            var elements = JSONElements(of: member.value, in: bytes.span)
            while let element = elements.next() { request.tools.append(try tool(element)) }
            return true
        }
        guard body.isNamed(member, "tool_choice") else { return false }
        try body.expect(.object, member.value)
        try readChoice(member.value)
        body.keep(member, in: &request.extras, isCovered: true)
        return true
    }

    private func tool(_ value: JSONSlice) throws(RequestFault) -> ToolDefinition {
        try body.expect(.object, value)
        if let type = body.member("type", of: value), type.kind == .string,
            !type.equals("custom", in: body.bytes.span)
        {
            let name = try body.text(type)
            return ToolDefinition(.server(type: name, json: body.raw(value)))
        }
        var function = FunctionTool(name: EscapedText())
        var extras = Extras(origin: .messages)
        var cacheMark: Bytes?
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if member.value.kind == .null {
                body.keep(member, in: &extras)
            } else if body.isNamed(member, "name") {
                function.name = try body.text(member.value)
            } else if body.isNamed(member, "description") {
                function.description = try body.text(member.value)
            } else if body.isNamed(member, "input_schema") {
                try body.expect(.object, member.value)
                function.parameters = body.raw(member.value)
            } else if body.isNamed(member, "strict") {
                function.isStrict = try body.bool(member.value)
            } else if body.isNamed(member, "cache_control") {
                cacheMark = body.raw(member.value)
            } else {
                body.keep(member, in: &extras, isCovered: body.isNamed(member, "type"))
            }
        }
        guard !function.name.isEmpty else { throw body.missing("name", in: value) }
        var tool = ToolDefinition(.function(function))
        tool.cacheMark = cacheMark
        tool.extras = extras
        return tool
    }

    private mutating func readChoice(_ value: JSONSlice) throws(RequestFault) {
        let bytes = body.bytes
        let span = bytes.span
        if let flag = body.member("disable_parallel_tool_use", of: value)?.bool(in: span) {
            request.parallelToolCalls = !flag
        }
        guard let type = body.member("type", of: value) else {
            throw body.missing("type", in: value)
        }
        if type.equals("auto", in: span) {
            request.toolChoice = .auto
        } else if type.equals("any", in: span) {
            request.toolChoice = .required
        } else if type.equals("none", in: span) {
            request.toolChoice = ToolChoice.none
        } else if type.equals("tool", in: span) {
            guard let name = body.member("name", of: value) else {
                throw body.missing("name", in: value)
            }
            request.toolChoice = .function(name: try body.text(name))
        } else {
            request.toolChoice = .foreign(.messages, json: body.raw(value))
        }
    }
}

// MARK: - Thinking and the form of the output

extension MessagesRequestReader {
    private mutating func readThinking(_ member: JSONMember) throws(RequestFault) -> Bool {
        if body.isNamed(member, "thinking") {
            try body.expect(.object, member.value)
            try readThinking(member.value)
            body.keep(member, in: &request.extras, isCovered: true)
            return true
        }
        if body.isNamed(member, "output_format") {  // The name while it was in beta.
            readFormat(member.value)
            body.keep(member, in: &request.extras, isCovered: request.output != .text)
            return true
        }
        guard body.isNamed(member, "output_config") else { return false }
        try body.expect(.object, member.value)
        let isCovered = try readOutput(member.value)
        body.keep(member, in: &request.extras, isCovered: isCovered)
        return true
    }

    private mutating func readThinking(_ value: JSONSlice) throws(RequestFault) {
        var options = request.reasoning ?? ReasoningOptions()
        let bytes = body.bytes
        let span = bytes.span
        guard let type = body.member("type", of: value) else {
            throw body.missing("type", in: value)
        }
        if type.equals("disabled", in: span) {
            options.budgetTokens = 0
        } else {
            if let budget = body.member("budget_tokens", of: value) {
                options.budgetTokens = try body.int(budget)
            }
            if !type.equals("enabled", in: span) { options.mode = try body.text(type) }
            let display = body.member("display", of: value)
            options.includesThoughts = display?.equals("omitted", in: span) != true
        }
        request.reasoning = options
    }

    /// Reads what the model has fields for; false if there was more.
    private mutating func readOutput(_ value: JSONSlice) throws(RequestFault) -> Bool {
        var isCovered = true
        let bytes = body.bytes
        var members = JSONMembers(of: value, in: bytes.span)
        while let member = members.next() {
            if member.value.kind == .null { continue }
            if body.isNamed(member, "effort") {
                var options = request.reasoning ?? ReasoningOptions()
                options.effort = try body.text(member.value)
                request.reasoning = options
            } else if body.isNamed(member, "format") {
                readFormat(member.value)
                if request.output == .text { isCovered = false }
            } else {
                isCovered = false
            }
        }
        return isCovered
    }

    private mutating func readFormat(_ value: JSONSlice) {
        guard let type = body.member("type", of: value),
            type.equals("json_schema", in: body.bytes.span),
            let schema = body.member("schema", of: value)
        else { return }
        var output = OutputSchema(schema: body.raw(schema))
        output.name = body.member("name", of: value).flatMap { EscapedText($0, in: body.bytes) }
        request.output = .schema(output)
    }
}
