// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a request for Cohere's chat.
struct CohereRequestWriter: ~Copyable {
    private var json = JSONWriter(capacity: 1024)
    private var losses: FieldLosses
    private let target: TargetTraits
    private let path: ChatPath
    private var ledger = ToolCallLedger()

    init(
        _ request: borrowing ChatRequest, _ target: TargetTraits, _ notes: TranslationNotes
    ) {
        losses = FieldLosses(target.unknownFields, notes: notes)
        self.target = target
        path = ChatPath(copy request)
    }

    var notes: TranslationNotes { losses.notes }

    consuming func finish() -> Bytes { json.finish() }

    mutating func write(_ request: ChatRequest) throws(RequestFault) {
        json.beginObject()
        json.member("model", target.model)
        if request.extras.origin == .cohereChat {
            json.members(request.extras)
            return json.endObject()
        }
        json.key("messages")
        json.beginArray()
        for index in request.messages.indices { try write(request.messages[index], at: index) }
        json.endArray()
        try NestedFunction.write(request, into: &json, &losses)
        try writeChoice(request)
        writeFormat(request.output)
        try writeThinking(request)
        try writeSampling(request)
        json.key("stream")
        json.bool(request.stream)
        try losses.loseCommon(request)
        try losses.lose(request.extras, into: &json)
        json.endObject()
    }

    // MARK: - Options

    /// One of some tools is demanded by offering no others.
    private mutating func writeChoice(_ request: ChatRequest) throws(RequestFault) {
        guard !request.tools.isEmpty else { return }
        switch request.toolChoice {
        case nil, .auto, ToolChoice.none?: return
        case .required, .function, .anyOf: json.member("tool_choice", "REQUIRED")
        case .foreign: try losses.lose(.toolChoice, of: request)
        }
    }

    private mutating func writeFormat(_ output: OutputFormat) {
        guard output != .text else { return }
        json.key("response_format")
        json.beginObject()
        json.member("type", "json_object")
        if case .schema(let wanted) = output { json.member("json_schema", raw: wanted.schema) }
        json.endObject()
    }

    private mutating func writeThinking(_ request: ChatRequest) throws(RequestFault) {
        guard let options = request.reasoning else { return }
        guard target.thinking != .none else {
            if !options.isOff { try losses.lose(.reasoning, of: request) }
            return
        }
        json.key("thinking")
        json.beginObject()
        json.member("type", options.isOff ? "disabled" : "enabled")
        if let budget = options.budget, budget > 0 { json.member("token_budget", budget) }
        json.endObject()
    }

    private mutating func writeSampling(_ request: ChatRequest) throws(RequestFault) {
        let sampling = request.sampling
        if let limit = request.maxTokens { json.member("max_tokens", limit) }
        if let value = sampling.temperature {
            try write("temperature", value, .temperature, request)
        }
        // One is no limit at all, and more than Cohere takes.
        if let value = sampling.topP, value.number < 1 { json.member("p", raw: value) }
        if let value = sampling.topK { json.member("k", raw: value) }
        if let value = sampling.seed { json.member("seed", raw: value) }
        if let value = sampling.frequencyPenalty {
            try write("frequency_penalty", value, .frequencyPenalty, request)
        }
        if let value = sampling.presencePenalty {
            try write("presence_penalty", value, .presencePenalty, request)
        }
        if sampling.logprobs == true {
            json.key("logprobs")
            json.bool(true)
            if (sampling.topLogprobs ?? 0) > 0 { try losses.lose(.topLogprobs, of: request) }
        }
        guard !request.stop.isEmpty else { return }
        json.key("stop_sequences")
        json.beginArray()
        for stop in request.stop { json.string(stop) }
        json.endArray()
    }

    /// Writes a number that others allow beyond Cohere's 0 to 1, as near as it takes it.
    private mutating func write(
        _ name: StaticString, _ value: Bytes, _ field: SharedField, _ request: ChatRequest
    ) throws(RequestFault) {
        let number = value.number
        guard number < 0 || number > 1 else { return json.member(name, raw: value) }
        try losses.lose(field, of: request)
        json.member(name, number < 0 ? 0 : 1)
    }

    // MARK: - Messages

    private mutating func write(
        _ message: ChatMessage, at index: Int
    ) throws(RequestFault) {
        if message.name != nil, message.role != .tool {
            try losses.lose(path.message(index).joined("name"))
        }
        var turn = Turn()
        for place in message.parts.indices {
            let part = message.parts[place]
            if case .toolResult(let result) = part.kind {
                try write(result, at: (index, place))
            } else {
                try take(part, into: &turn, at: (index, place))
            }
            if part.cacheMark != nil {
                try losses.lose(path.part(index, place).joined("cache_control"))
            }
        }
        let isBare = message.parts.isEmpty || message.parts.contains { !$0.isToolResult }
        guard isBare, message.role != .tool else { return }
        json.beginObject()
        switch message.role {
        case .system, .developer: json.member("role", "system")
        case .user, .tool: json.member("role", "user")
        case .assistant: json.member("role", "assistant")
        }
        write(turn)
        try losses.lose(message.extras, at: path.message(index), into: &json)
        json.endObject()
    }

    /// What a message says, sorted as Cohere has it.
    private struct Turn {
        var text = EscapedText()
        var thoughts: [EscapedText] = []
        var images: [(url: EscapedText, detail: EscapedText?)] = []
        var calls: [ToolCall] = []
    }

    private mutating func write(_ turn: Turn) {
        guard turn.calls.isEmpty else {
            // What is said before a call is the plan for it.
            if !turn.text.isEmpty { json.member("tool_plan", turn.text) }
            if !turn.thoughts.isEmpty { writeContent(turn, hasText: false) }
            return write(turn.calls)
        }
        guard !turn.images.isEmpty || !turn.thoughts.isEmpty else {
            return json.member("content", turn.text)
        }
        writeContent(turn, hasText: !turn.text.isEmpty)
    }

    private mutating func writeContent(_ turn: Turn, hasText: Bool) {
        json.key("content")
        json.beginArray()
        for thought in turn.thoughts {
            json.beginObject()
            json.member("type", "thinking")
            json.member("thinking", thought)
            json.endObject()
        }
        if hasText {
            json.beginObject()
            json.member("type", "text")
            json.member("text", turn.text)
            json.endObject()
        }
        for image in turn.images {
            json.beginObject()
            json.member("type", "image_url")
            json.key("image_url")
            json.beginObject()
            json.member("url", image.url)
            if let detail = image.detail { json.member("detail", detail) }
            json.endObject()
            json.endObject()
        }
        json.endArray()
    }

    private mutating func write(_ calls: [ToolCall]) {
        json.key("tool_calls")
        json.beginArray()
        for call in calls { json.cohereCall(call, id: call.id ?? EscapedText()) }
        json.endArray()
    }

    private mutating func take(
        _ part: ContentPart, into turn: inout Turn, at place: (Int, Int)
    ) throws(RequestFault) {
        switch part.kind {
        case .text(let text), .refusal(let text), .file(.text(let text), _):
            turn.text = turn.text.joinedByLine(text)
        case .reasoning(let thought):
            guard let text = thought.text else {
                return try losses.lose(path.part(place.0, place.1))
            }
            turn.thoughts.append(text)
        case .image(let source, let detail):
            guard let url = source.url else { throw .unsupported(path.part(place.0, place.1)) }
            turn.images.append((url: url, detail: detail))
        case .toolCall(var call):
            call.id = ledger.id(of: call)
            turn.calls.append(call)
        case .audio, .video, .file, .foreign, .toolResult:
            throw .unsupported(path.part(place.0, place.1))
        }
    }

    private mutating func write(
        _ result: ToolResult, at place: (Int, Int)
    ) throws(RequestFault) {
        guard let id = ledger.call(of: result).id else {
            throw .invalid(path.part(place.0, place.1), " answers no tool call.")
        }
        var text = result.text
        for part in result.content {
            switch part.kind {
            case .text: continue
            case .file(.text(let more), _): text = text.joinedByLine(more)
            default: throw .unsupported(path.part(place.0, place.1))
            }
        }
        json.beginObject()
        json.member("role", "tool")
        json.member("tool_call_id", id)
        json.member("content", text)
        json.endObject()
    }
}

extension JSONWriter {
    /// One call with its arguments as a string; none are an empty object.
    mutating func cohereCall(_ call: ToolCall, id: EscapedText) {
        beginObject()
        member("id", id)
        member("type", "function")
        key("function")
        beginObject()
        member("name", call.name)
        key("arguments")
        string(call.arguments.isEmpty ? "{}" : call.arguments)
        endObject()
        endObject()
    }
}

extension Bytes {
    /// The value of a JSON number; zero of anything else.
    var number: Double {
        JSONSlice(kind: .number, range: 0..<count).double(in: span) ?? 0
    }
}
