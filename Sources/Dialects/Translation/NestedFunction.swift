// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Tools written as `{"type": "function", "function": {…}}`, as Ollama and Cohere have them.
enum NestedFunction {
    /// Reads one tool; members that the model does not know are kept for `origin`.
    static func read(
        _ value: JSONSlice, _ body: ChatBody, origin: WireFormat
    ) throws(RequestFault) -> ToolDefinition {
        try body.expect(.object, value)
        guard let inner = body.member("function", of: value) else {
            guard let type = body.member("type", of: value) else {
                throw body.missing("function", in: value)
            }
            return ToolDefinition(.server(type: try body.text(type), json: body.raw(value)))
        }
        try body.expect(.object, inner)
        var function = FunctionTool(name: EscapedText())
        var extras = Extras(origin: origin)
        var members = JSONMembers(of: inner, in: body.bytes.span)
        while let member = members.next() {
            if member.value.kind == .null { continue }
            if body.isNamed(member, "name") {
                function.name = try body.text(member.value)
            } else if body.isNamed(member, "description") {
                function.description = try body.text(member.value)
            } else if body.isNamed(member, "parameters") {
                try body.expect(.object, member.value)
                function.parameters = body.raw(member.value)
            } else if body.isNamed(member, "strict") {
                function.isStrict = try body.bool(member.value)
            } else {
                body.keep(member, in: &extras)
            }
        }
        guard !function.name.isEmpty else { throw body.missing("name", in: inner) }
        var tool = ToolDefinition(.function(function))
        tool.extras = extras
        return tool
    }

    /// Reads a list of tools.
    static func readAll(
        _ list: JSONSlice, _ body: ChatBody, origin: WireFormat
    ) throws(RequestFault) -> [ToolDefinition] {
        try body.expect(.array, list)
        var tools: [ToolDefinition] = []
        var elements = JSONElements(of: list, in: body.bytes.span)
        while let element = elements.next() {
            tools.append(try read(element, body, origin: origin))
        }
        return tools
    }

    /// Writes those tools of a request that the choice leaves; a choice of none leaves none.
    static func write(
        _ request: ChatRequest, into json: inout JSONWriter, _ losses: inout FieldLosses
    ) throws(RequestFault) {
        var isOpen = false
        for index in request.tools.indices {
            let tool = request.tools[index]
            guard case .function(let function) = tool.kind else {
                throw .unsupported(.path("tools", index))
            }
            guard isOffered(function, request.toolChoice) else { continue }
            if !isOpen {
                json.key("tools")
                json.beginArray()
                isOpen = true
            }
            json.beginObject()
            json.member("type", "function")
            json.key("function")
            json.beginObject()
            json.member("name", function.name)
            if let text = function.description { json.member("description", text) }
            json.member(
                "parameters", raw: function.parameters ?? #"{"type":"object","properties":{}}"#)
            json.endObject()
            if function.isStrict == true {
                try losses.lose(Bytes.path("tools", index).joined("strict"))
            }
            try losses.lose(tool.extras, at: .path("tools", index), into: &json)
            json.endObject()
        }
        if isOpen { json.endArray() }
    }

    private static func isOffered(_ function: FunctionTool, _ choice: ToolChoice?) -> Bool {
        switch choice {
        case ToolChoice.none?: false
        case .anyOf(let names)?: names.contains(function.name)
        case .function(let name)?: name == function.name
        default: true
        }
    }
}

extension FieldLosses {
    /// What neither Ollama nor Cohere has a word for; several answers are refused.
    mutating func loseCommon(_ request: ChatRequest) throws(RequestFault) {
        let origin = request.extras.origin
        if let count = request.sampling.candidates, count > 1 {
            throw .unsupported(Bytes(SharedField.candidates.path(in: origin).description))
        }
        if request.sampling.logitBias != nil { try lose(.logitBias, of: request) }
        if request.parallelToolCalls == false, !request.tools.isEmpty {
            try lose(.parallelToolCalls, of: request)
        }
        if request.user != nil { try lose(.user, of: request) }
        if request.metadata != nil { try lose(.metadata, of: request) }
        if request.serviceTier != nil { try lose(.serviceTier, of: request) }
        if let modalities = request.modalities, !modalities.isTextOnly {
            throw .unsupported(Bytes(SharedField.modalities.path(in: origin).description))
        }
    }
}

extension EscapedText {
    /// Both texts with a line between them, unless one is empty.
    func joinedByLine(_ other: EscapedText) -> EscapedText {
        if isEmpty || other.isEmpty { return self + other }
        return self + EscapedText("\n") + other
    }
}

extension ByteWriter {
    /// One JSON object, written in place by `body`.
    mutating func appendObject(_ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter(self)
        self = ByteWriter()
        json.beginObject()
        body(&json)
        json.endObject()
        self = json.intoWriter()
    }
}
