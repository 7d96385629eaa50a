// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a request for Ollama's chat.
struct OllamaRequestWriter: ~Copyable {
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
        if request.extras.origin == .ollamaChat {
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
        try writeThink(request)
        try writeOptions(request)
        json.key("stream")
        json.bool(request.stream)
        try losses.loseCommon(request)
        try losses.lose(request.extras, into: &json)
        json.endObject()
    }

    // MARK: - Options

    /// Calls cannot be demanded; a choice of none has left no tools.
    private mutating func writeChoice(_ request: ChatRequest) throws(RequestFault) {
        switch request.toolChoice {
        case nil, .auto, ToolChoice.none?: return
        case .required, .function, .anyOf, .foreign: try losses.lose(.toolChoice, of: request)
        }
    }

    private mutating func writeFormat(_ output: OutputFormat) {
        switch output {
        case .text: return
        case .json: json.member("format", "json")
        case .schema(let wanted): json.member("format", raw: wanted.schema)
        }
    }

    private mutating func writeThink(_ request: ChatRequest) throws(RequestFault) {
        guard let options = request.reasoning else { return }
        guard target.thinking != .none else {
            if !options.isOff { try losses.lose(.reasoning, of: request) }
            return
        }
        json.key("think")
        if target.thinking == .effort, let level = options.level, Self.isLevel(level) {
            json.string(level)
        } else {
            json.bool(!options.isOff)
        }
    }

    private static func isLevel(_ word: EscapedText) -> Bool {
        word.equals("low") || word.equals("medium") || word.equals("high")
    }

    private mutating func writeOptions(_ request: ChatRequest) throws(RequestFault) {
        let sampling = request.sampling
        json.key("options")
        json.beginObject()
        if let limit = request.maxTokens { json.member("num_predict", limit) }
        if let value = sampling.temperature { json.member("temperature", raw: value) }
        if let value = sampling.topP { json.member("top_p", raw: value) }
        if let value = sampling.topK { json.member("top_k", raw: value) }
        if let value = sampling.seed { json.member("seed", raw: value) }
        if let value = sampling.frequencyPenalty { json.member("frequency_penalty", raw: value) }
        if let value = sampling.presencePenalty { json.member("presence_penalty", raw: value) }
        if !request.stop.isEmpty {
            json.key("stop")
            json.beginArray()
            for stop in request.stop { json.string(stop) }
            json.endArray()
        }
        json.endObject()
        guard sampling.logprobs == true else { return }
        json.key("logprobs")
        json.bool(true)
        if let count = sampling.topLogprobs { json.member("top_logprobs", count) }
    }

    // MARK: - Messages

    /// What one message of another format becomes: its results one by one, then the rest.
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
        writeContent(turn)
        try losses.lose(message.extras, at: path.message(index), into: &json)
        json.endObject()
    }

    /// What a message says, sorted as Ollama has it.
    private struct Turn {
        var text = EscapedText()
        var thought = EscapedText()
        var images: [EscapedText] = []
        var calls: [ToolCall] = []
    }

    private mutating func writeContent(_ turn: Turn) {
        json.member("content", turn.text)
        if !turn.thought.isEmpty { json.member("thinking", turn.thought) }
        if !turn.images.isEmpty {
            json.key("images")
            json.beginArray()
            for image in turn.images { json.string(image) }
            json.endArray()
        }
        if !turn.calls.isEmpty { OllamaCalls.write(turn.calls, into: &json) }
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
            turn.thought = turn.thought.joinedByLine(text)
        case .image(.base64(let data, _), _): turn.images.append(data)
        case .toolCall(var call):
            call.id = ledger.id(of: call)
            guard call.object != nil else {
                throw .invalid(
                    path.part(place.0, place.1),
                    " has a tool call whose arguments are no JSON object.")
            }
            turn.calls.append(call)
        case .image, .audio, .video, .file, .foreign, .toolResult:
            throw .unsupported(path.part(place.0, place.1))
        }
    }

    private mutating func write(
        _ result: ToolResult, at place: (Int, Int)
    ) throws(RequestFault) {
        let call = ledger.call(of: result)
        var turn = Turn()
        turn.text = result.text
        for part in result.content {
            if case .text = part.kind { continue }
            try take(part, into: &turn, at: place)
        }
        json.beginObject()
        json.member("role", "tool")
        if let name = call.name { json.member("tool_name", name) }
        if let id = call.id { json.member("tool_call_id", id) }
        writeContent(turn)
        json.endObject()
    }
}
