// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a request for Gemini.
struct GenerateContentRequestWriter: ~Copyable {
    private var json: JSONWriter
    private var losses: FieldLosses
    private let target: TargetTraits
    private let isOwn: Bool
    private let path: ChatPath
    private var ledger = ToolCallLedger()
    /// The role of the turn that is open for more parts.
    private var openRole: ChatMessage.Role?
    /// Whether the model demands a signature with each call, as those of the third series do.
    private let demandsSignatures: Bool

    init(_ request: ChatRequest, _ target: TargetTraits, _ notes: TranslationNotes) {
        json = JSONWriter(capacity: 1024)
        losses = FieldLosses(target.unknownFields, notes: notes)
        self.target = target
        isOwn = request.extras.origin == .generateContent
        path = ChatPath(request)
        demandsSignatures = target.model.decoded.span.containsIgnoringCase("gemini-3")
    }

    var notes: TranslationNotes { losses.notes }

    consuming func finish() -> Bytes { json.finish() }

    mutating func write(_ request: ChatRequest) throws(RequestFault) {
        json.beginObject()
        if isOwn {
            // Members of the configuration are kept a second time, with a dot in their names.
            for member in request.extras.members
            where member.name.raw.span.firstIndex(of: UInt8(ascii: ".")) == nil {
                json.member(member)
            }
        } else {
            try writeSystem(request)
            try writeContents(request)
            try writeTools(request)
            try writeChoice(request)
            try writeConfig(request)
            try loseOthers(request)
            try losses.lose(request.extras, into: &json)
        }
        json.endObject()
    }

    private mutating func writeSystem(_ request: ChatRequest) throws(RequestFault) {
        var isOpen = false
        for index in request.messages.indices {
            let message = request.messages[index]
            guard message.role == .system || message.role == .developer else { continue }
            for place in message.parts.indices {
                guard case .text(let text) = message.parts[place].kind else {
                    throw .unsupported(path.part(index, place))
                }
                if text.isEmpty { continue }
                if !isOpen {
                    json.key("systemInstruction")
                    json.beginObject()
                    json.key("parts")
                    json.beginArray()
                    isOpen = true
                }
                json.beginObject()
                json.member("text", text)
                json.endObject()
            }
        }
        guard isOpen else { return }
        json.endArray()
        json.endObject()
    }

    private mutating func writeContents(_ request: ChatRequest) throws(RequestFault) {
        json.key("contents")
        json.beginArray()
        for index in request.messages.indices {
            let message = request.messages[index]
            if message.role == .system || message.role == .developer { continue }
            let role: ChatMessage.Role = message.role == .assistant ? .assistant : .user
            for place in message.parts.indices {
                try write(message.parts[place], role, at: (index, place))
            }
            if message.name != nil, message.role != .tool {
                try losses.lose(path.message(index).joined("name"))
            }
            try losses.lose(message.extras, at: path.message(index))
        }
        closeTurn()
        json.endArray()
    }

    private mutating func openTurn(_ role: ChatMessage.Role) {
        guard openRole != role else { return }
        closeTurn()
        openRole = role
        json.beginObject()
        json.member("role", role == .assistant ? "model" : "user")
        json.key("parts")
        json.beginArray()
    }

    private mutating func closeTurn() {
        guard openRole != nil else { return }
        openRole = nil
        json.endArray()
        json.endObject()
    }
}

// MARK: - Parts

extension GenerateContentRequestWriter {
    private mutating func write(
        _ part: ContentPart, _ role: ChatMessage.Role, at place: (Int, Int)
    ) throws(RequestFault) {
        switch part.kind {
        case .text(let text), .refusal(let text):
            if text.isEmpty { return }
            openTurn(role)
            json.beginObject()
            json.member("text", text)
            json.endObject()
        case .reasoning(let thought):
            // Thoughts are Gemini's only with its own signature; it thinks anew without them.
            guard thought.isProved(for: .generateContent) else {
                try losses.lose(path.part(place.0, place.1))
                break
            }
            openTurn(role)
            json.beginObject()
            json.member("text", thought.text ?? EscapedText())
            json.key("thought")
            json.bool(true)
            if let signature = thought.signature { json.member("thoughtSignature", signature) }
            json.endObject()
        case .toolCall(let call): try write(call, role, at: place)
        case .toolResult(let result): try write(result, role, at: place)
        case .image(let source, _), .audio(let source), .video(let source),
            .file(let source, _):
            openTurn(role)
            guard json.geminiMedia(source) else { throw unsupported(place) }
        case .foreign: throw unsupported(place)
        }
        if part.cacheMark != nil {
            try losses.lose(path.part(place.0, place.1).joined("cache_control"))
        }
        try losses.lose(part.extras, at: path.part(place.0, place.1))
    }

    private mutating func write(
        _ call: ToolCall, _ role: ChatMessage.Role, at place: (Int, Int)
    ) throws(RequestFault) {
        let id = ledger.id(of: call)
        guard let arguments = call.object else {
            throw .invalid(
                path.part(place.0, place.1), " has a tool call whose arguments are no JSON object.")
        }
        openTurn(role)
        json.beginObject()
        json.key("functionCall")
        json.beginObject()
        json.member("id", id)
        json.member("name", call.name)
        json.member("args", raw: arguments)
        json.endObject()
        if let signature = call.signature, !signature.isEmpty {
            json.member("thoughtSignature", signature)
        } else if demandsSignatures {
            // Documented for calls that another model made.
            json.member("thoughtSignature", "skip_thought_signature_validator")
        }
        json.endObject()
    }

    private mutating func write(
        _ result: ToolResult, _ role: ChatMessage.Role, at place: (Int, Int)
    ) throws(RequestFault) {
        let call = ledger.call(of: result)
        guard let name = call.name else {
            throw .invalid(path.part(place.0, place.1), " answers no tool call.")
        }
        openTurn(role)
        json.beginObject()
        json.key("functionResponse")
        json.beginObject()
        if let id = call.id { json.member("id", id) }
        json.member("name", name)
        json.member("response", raw: Self.response(result))
        json.endObject()
        json.endObject()
        for inner in result.content {
            if case .text = inner.kind { continue }
            try write(inner, role, at: place)
        }
    }

    /// The result as the object that Gemini wants.
    private static func response(_ result: ToolResult) -> Bytes {
        if let object = result.object { return object }
        let text = result.text
        if !result.isError {
            let call = ToolCall(id: nil, name: EscapedText(), arguments: text.decoded)
            if !text.isEmpty, let object = call.object { return object }
        }
        var json = JSONWriter(capacity: text.raw.count + 16)
        json.beginObject()
        json.member(result.isError ? "error" : "result", text)
        json.endObject()
        return json.finish()
    }

    private func unsupported(_ place: (Int, Int)) -> RequestFault {
        .unsupported(path.part(place.0, place.1))
    }
}

// MARK: - Tools

extension GenerateContentRequestWriter {
    private mutating func writeTools(_ request: ChatRequest) throws(RequestFault) {
        guard !request.tools.isEmpty else { return }
        json.key("tools")
        json.beginArray()
        json.beginObject()
        json.key("functionDeclarations")
        json.beginArray()
        for index in request.tools.indices {
            let tool = request.tools[index]
            guard case .function(let function) = tool.kind else {
                throw .unsupported(.path("tools", index))
            }
            json.beginObject()
            json.member("name", function.name)
            if let description = function.description {
                json.member("description", description)
            }
            // The full schema language; `parameters` takes a subset of OpenAPI only.
            if let schema = function.parameters, !schema.span.isEmptyObject {
                json.member("parametersJsonSchema", raw: schema)
            }
            if function.isStrict == true { try losses.lose(.path("tools", index, "strict")) }
            if tool.cacheMark != nil { try losses.lose(.path("tools", index, "cache_control")) }
            try losses.lose(tool.extras, at: .path("tools", index), into: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.endArray()
    }

    private mutating func writeChoice(_ request: ChatRequest) throws(RequestFault) {
        guard !request.tools.isEmpty, let choice = request.toolChoice else { return }
        var names: [EscapedText] = []
        let mode: StaticString
        switch choice {
        case .auto: mode = "AUTO"
        case .none: mode = "NONE"
        case .required: mode = "ANY"
        case .function(let name):
            mode = "ANY"
            names = [name]
        case .anyOf(let some):
            mode = "ANY"
            names = some
        case .foreign:
            try losses.lose(.toolChoice, of: request)
            return
        }
        json.key("toolConfig")
        json.beginObject()
        json.key("functionCallingConfig")
        json.beginObject()
        json.member("mode", mode)
        if !names.isEmpty {
            json.key("allowedFunctionNames")
            json.beginArray()
            for name in names { json.string(name) }
            json.endArray()
        }
        json.endObject()
        json.endObject()
    }
}

// MARK: - Configuration

extension GenerateContentRequestWriter {
    private mutating func writeConfig(_ request: ChatRequest) throws(RequestFault) {
        json.key("generationConfig")
        json.beginObject()
        if let limit = request.maxTokens { json.member("maxOutputTokens", limit) }
        try writeSampling(request)
        if !request.stop.isEmpty {
            json.key("stopSequences")
            json.beginArray()
            for stop in request.stop { json.string(stop) }
            json.endArray()
        }
        switch request.output {
        case .text: break
        case .json: json.member("responseMimeType", "application/json")
        case .schema(let output):
            json.member("responseMimeType", "application/json")
            json.member("responseJsonSchema", raw: output.schema)
        }
        try writeThinking(request)
        if let modalities = request.modalities { writeModalities(modalities) }
        json.endObject()
    }

    private mutating func writeSampling(_ request: ChatRequest) throws(RequestFault) {
        let sampling = request.sampling
        if target.takesSampling {
            if let value = sampling.temperature { json.member("temperature", raw: value) }
            if let value = sampling.topP { json.member("topP", raw: value) }
            if let value = sampling.topK { json.member("topK", raw: value) }
        } else {
            if sampling.temperature != nil { try losses.lose(.temperature, of: request) }
            if sampling.topP != nil { try losses.lose(.topP, of: request) }
            if sampling.topK != nil { try losses.lose(.topK, of: request) }
        }
        if let value = sampling.seed { json.member("seed", raw: value) }
        if let value = sampling.presencePenalty { json.member("presencePenalty", raw: value) }
        if let value = sampling.frequencyPenalty { json.member("frequencyPenalty", raw: value) }
        if let count = sampling.candidates { json.member("candidateCount", count) }
        if sampling.logprobs == true {
            json.key("responseLogprobs")
            json.bool(true)
            if let count = sampling.topLogprobs { json.member("logprobs", count) }
        }
        if sampling.logitBias != nil { try losses.lose(.logitBias, of: request) }
    }

    private mutating func writeThinking(_ request: ChatRequest) throws(RequestFault) {
        guard let options = request.reasoning else { return }
        guard target.thinking != .none else {
            try losses.lose(.reasoning, of: request)
            return
        }
        json.key("thinkingConfig")
        json.beginObject()
        if target.thinking == .effort {
            if let level = options.level { json.member("thinkingLevel", Self.level(level)) }
        } else if let budget = options.budget {
            json.member("thinkingBudget", budget)
        }
        // Callers of Anthropic's API see the thoughts unless they say otherwise.
        let isShown = options.includesThoughts ?? (request.extras.origin == .messages)
        if isShown, !options.isOff {
            json.key("includeThoughts")
            json.bool(true)
        }
        json.endObject()
    }

    private static func level(_ level: EscapedText) -> EscapedText {
        if level.equals("none") { return EscapedText("minimal") }
        return level.equals("xhigh") || level.equals("max") ? EscapedText("high") : level
    }

    private mutating func writeModalities(_ modalities: Bytes) {
        json.key("responseModalities")
        json.beginArray()
        let list = JSONSlice(kind: .array, range: 0..<modalities.count)
        var elements = JSONElements(of: list, in: modalities.span)
        while let element = elements.next() {
            guard let word = element.string(in: modalities) else { continue }
            var writer = ByteWriter(capacity: word.count)
            for index in word.span.indices {
                let byte = word.span[index]
                writer.append(byte &- 0x61 < 26 ? byte &- 0x20 : byte)
            }
            json.string(writer.finish())
        }
        json.endArray()
    }

    private mutating func loseOthers(_ request: ChatRequest) throws(RequestFault) {
        if request.parallelToolCalls == false {
            try losses.lose(.parallelToolCalls, of: request)
        }
        if request.user != nil { try losses.lose(.user, of: request) }
        if request.metadata != nil { try losses.lose(.metadata, of: request) }
        if let tier = request.serviceTier, !tier.equals("auto"), !tier.equals("default") {
            try losses.lose(.serviceTier, of: request)
        }
    }
}
