// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a request to Gemini.
///
/// Every member is kept as it came for the format itself, which then needs no second look at it.
struct GenerateContentRequestReader {
    private let body: ChatBody
    private let parts: GenerateContentPartReader
    private var request = ChatRequest()
    private var system: ChatMessage?
    private var hasContents = false

    init(_ bytes: Bytes) {
        body = ChatBody(bytes)
        parts = GenerateContentPartReader(body: body)
        request.extras = Extras(origin: .generateContent)
    }

    mutating func read() throws(RequestFault) -> ChatRequest {
        let bytes = body.bytes
        var members = JSONMembers(in: bytes.span)
        while let member = members.next() {
            if body.isCalled(member, "generatecontentrequest"), member.value.kind == .object {
                try readMembers(of: member.value)  // A request for a count.
            } else {
                try read(member)
            }
        }
        guard hasContents else { throw .missing("contents") }
        if let system { request.messages.insert(system, at: 0) }
        return request
    }

    private mutating func readMembers(of object: JSONSlice) throws(RequestFault) {
        let bytes = body.bytes
        var members = JSONMembers(of: object, in: bytes.span)
        while let member = members.next() { try read(member) }
    }

    private mutating func read(_ member: JSONMember) throws(RequestFault) {
        var isCovered = true
        if member.value.kind == .null {
            isCovered = false
        } else if body.isCalled(member, "contents") {
            try readContents(member.value)
        } else if body.isCalled(member, "systeminstruction") {
            system = try parts.message(member.value, role: .system)
        } else if body.isCalled(member, "generationconfig") {
            try body.expect(.object, member.value)
            try readConfig(member.value)
        } else if body.isCalled(member, "tools") {
            try readTools(member.value)
        } else if body.isCalled(member, "toolconfig") {
            try body.expect(.object, member.value)
            isCovered = try readToolConfig(member.value)
        } else if body.isCalled(member, "model") {
            // Names the model again, behind `models/`.
        } else {
            isCovered = member.value.content.isEmpty  // An empty list asks for nothing.
        }
        body.keep(member, in: &request.extras, isCovered: isCovered)
    }

    /// Google takes one object for a list of one.
    private mutating func readContents(_ value: JSONSlice) throws(RequestFault) {
        hasContents = true
        if value.kind == .object {
            request.messages.append(try parts.message(value, role: nil))
            return
        }
        try body.expect(.array, value)
        let bytes = body.bytes
        var elements = JSONElements(of: value, in: bytes.span)
        while let element = elements.next() {
            request.messages.append(try parts.message(element, role: nil))
        }
    }
}

// MARK: - Tools

extension GenerateContentRequestReader {
    private mutating func readTools(_ value: JSONSlice) throws(RequestFault) {
        if value.kind == .object {
            try readTool(value)
            return
        }
        try body.expect(.array, value)
        let bytes = body.bytes
        var elements = JSONElements(of: value, in: bytes.span)
        while let element = elements.next() { try readTool(element) }
    }

    private mutating func readTool(_ value: JSONSlice) throws(RequestFault) {
        try body.expect(.object, value)
        let bytes = body.bytes
        var members = JSONMembers(of: value, in: bytes.span)
        while let member = members.next() {
            guard body.isCalled(member, "functiondeclarations") else {
                if member.value.kind == .null { continue }
                let name = EscapedText(member.key, in: bytes) ?? EscapedText()
                request.tools.append(
                    ToolDefinition(.server(type: name, json: body.raw(value))))
                continue
            }
            if member.value.kind == .null { continue }
            try body.expect(.array, member.value)
            var declarations = JSONElements(of: member.value, in: bytes.span)
            while let declaration = declarations.next() {
                request.tools.append(try function(declaration))
            }
        }
    }

    private func function(_ value: JSONSlice) throws(RequestFault) -> ToolDefinition {
        try body.expect(.object, value)
        var function = FunctionTool(name: EscapedText())
        var extras = Extras(origin: .generateContent)
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if member.value.kind == .null { continue }
            if body.isCalled(member, "name") {
                function.name = try body.text(member.value)
            } else if body.isCalled(member, "description") {
                function.description = try body.text(member.value)
            } else if body.isCalled(member, "parametersjsonschema") {
                function.parameters = body.raw(member.value)
            } else if body.isCalled(member, "parameters") {
                try body.expect(.object, member.value)
                function.parameters = OpenAPISchema.jsonSchema(body.raw(member.value))
            } else {
                body.keep(member, in: &extras)
            }
        }
        guard !function.name.isEmpty else { throw body.missing("name", in: value) }
        var tool = ToolDefinition(.function(function))
        tool.extras = extras
        return tool
    }

    /// False if there was more than the model has fields for.
    private mutating func readToolConfig(_ value: JSONSlice) throws(RequestFault) -> Bool {
        guard let config = body.loose("functioncallingconfig", of: value) else {
            return value.content.isEmpty
        }
        let isCovered = !body.hasMore(than: 1, in: value)
        guard config.kind == .object else { return isCovered }
        var names: [EscapedText] = []
        if let list = body.loose("allowedfunctionnames", of: config), list.kind != .null {
            names = try body.texts(list)
        }
        guard let mode = body.loose("mode", of: config) else { return isCovered }
        let bytes = body.bytes
        let word = bytes.span.extracting(mode.content)
        if word.equalsIgnoringCase("any") {
            request.toolChoice =
                switch names.count {
                case 0: .required
                case 1: .function(name: names[0])
                default: .anyOf(names: names)
                }
        } else if word.equalsIgnoringCase("none") {
            request.toolChoice = ToolChoice.none
        } else {
            request.toolChoice = .auto  // AUTO, VALIDATED, MODE_UNSPECIFIED.
        }
        return isCovered
    }
}

// MARK: - Configuration

extension GenerateContentRequestReader {
    private mutating func readConfig(_ value: JSONSlice) throws(RequestFault) {
        let bytes = body.bytes
        var members = JSONMembers(of: value, in: bytes.span)
        while let member = members.next() {
            if member.value.kind == .null { continue }
            if try readSampling(member) { continue }
            if try readOutput(member) { continue }
            var name = ByteWriter(capacity: 48)
            name.append("generationConfig.")
            name.append(bytes[member.key.content])
            request.extras.members.append(
                RawMember(
                    name: EscapedText(escaping: name.finish().span),
                    value: body.raw(member.value)))
        }
    }

    private mutating func readSampling(_ member: JSONMember) throws(RequestFault) -> Bool {
        if body.isCalled(member, "temperature") {
            request.sampling.temperature = try body.number(member.value)
        } else if body.isCalled(member, "topp") {
            request.sampling.topP = try body.number(member.value)
        } else if body.isCalled(member, "topk") {
            request.sampling.topK = try body.number(member.value)
        } else if body.isCalled(member, "candidatecount") {
            request.sampling.candidates = try body.int(member.value)
        } else if body.isCalled(member, "maxoutputtokens") {
            request.maxTokens = try body.int(member.value)
        } else if body.isCalled(member, "stopsequences") {
            request.stop = try body.texts(member.value)
        } else if body.isCalled(member, "presencepenalty") {
            request.sampling.presencePenalty = try body.number(member.value)
        } else if body.isCalled(member, "frequencypenalty") {
            request.sampling.frequencyPenalty = try body.number(member.value)
        } else if body.isCalled(member, "seed") {
            request.sampling.seed = try body.number(member.value)
        } else if body.isCalled(member, "responselogprobs") {
            request.sampling.logprobs = try body.bool(member.value)
        } else if body.isCalled(member, "logprobs") {
            request.sampling.topLogprobs = try body.int(member.value)
        } else {
            return false
        }
        return true
    }

    private mutating func readOutput(_ member: JSONMember) throws(RequestFault) -> Bool {
        if body.isCalled(member, "responsemimetype") {
            if member.value.equals("application/json", in: body.bytes.span) {
                if request.output == .text { request.output = .json }
            } else if !member.value.equals("text/plain", in: body.bytes.span) {
                return false
            }
        } else if body.isCalled(member, "responseschema") {
            try body.expect(.object, member.value)
            let schema = OpenAPISchema.jsonSchema(body.raw(member.value))
            request.output = .schema(OutputSchema(schema: schema))
        } else if body.isCalled(member, "responsejsonschema") {
            request.output = .schema(OutputSchema(schema: body.raw(member.value)))
        } else if body.isCalled(member, "responsemodalities") {
            try body.expect(.array, member.value)
            request.modalities = body.raw(member.value)
        } else if body.isCalled(member, "thinkingconfig") {
            try body.expect(.object, member.value)
            try readThinking(member.value)
        } else {
            return false
        }
        return true
    }

    private mutating func readThinking(_ value: JSONSlice) throws(RequestFault) {
        var options = ReasoningOptions()
        let bytes = body.bytes
        if let flag = body.loose("includethoughts", of: value) {
            options.includesThoughts = flag.bool(in: bytes.span)
        }
        if let budget = body.loose("thinkingbudget", of: value), budget.kind != .null {
            options.budgetTokens = try body.int(budget)
        }
        if let level = body.looseText("thinkinglevel", of: value) {
            options.effort = level.lowercased
        }
        request.reasoning = options
    }
}

extension EscapedText {
    /// The text with ASCII capitals made small.
    var lowercased: EscapedText {
        var writer = ByteWriter(capacity: raw.count)
        let text = decoded
        for index in text.span.indices { writer.append(ASCII.lowercased(text.span[index])) }
        return EscapedText(escaping: writer.finish().span)
    }
}
