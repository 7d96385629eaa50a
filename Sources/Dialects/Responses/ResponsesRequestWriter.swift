// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes the body of `POST /v1/responses`.
struct ResponsesRequestWriter: ~Copyable {
    let request: ChatRequest
    let target: TargetTraits
    let isOwn: Bool
    var losses: FieldLosses
    var json: JSONWriter
    private var notes = TranslationNotes()
    /// Tokens; OpenAI's document states it.
    private static let leastLimit = 16

    init(_ request: ChatRequest, _ target: TargetTraits, _ notes: TranslationNotes) {
        self.request = request
        self.target = target
        isOwn = request.extras.origin == .responses
        losses = FieldLosses(target.unknownFields, notes: notes)
        json = JSONWriter(capacity: 1024)
    }

    /// All that was left out.
    var allNotes: TranslationNotes {
        var all = losses.notes
        for path in notes.dropped { all.drop(path) }
        return all
    }

    mutating func write() throws(RequestFault) -> Bytes {
        json.beginObject()
        json.member("model", target.model)
        var items = ResponsesItemWriter(request)
        try items.write(&json, &notes)
        try writeTools()
        writeToolChoice()
        try writeSampling()
        try writeOptions()
        if request.stream || request.spelling.contains(.statedStream) {
            json.member("stream", request.stream)
        }
        if isOwn { json.members(request.extras) } else { try writeOtherExtras() }
        json.endObject()
        var done = JSONWriter(capacity: 0)
        swap(&done, &json)
        return done.finish()
    }

    /// What OpenAI's two formats share by name goes over; the rest is lost by policy.
    private mutating func writeOtherExtras() throws(RequestFault) {
        var isStored = false
        var rest = Extras()
        rest.origin = request.extras.origin
        for member in request.extras.members {
            let isShared = request.extras.origin == .chatCompletions && Self.isShared(member.name)
            if isShared {
                if member.name.equals("store") { isStored = true }
                json.member(member)
            } else {
                rest.members.append(member)
            }
        }
        // Chat completions are not kept unless told so; responses are.
        if !isStored { json.member("store", false) }
        try losses.lose(rest, into: &json)
    }

    private static func isShared(_ name: EscapedText) -> Bool {
        name.equals("store") || name.equals("prompt_cache_key")
            || name.equals("safety_identifier") || name.equals("prompt_cache_retention")
    }

    private mutating func writeSampling() throws(RequestFault) {
        let sampling = request.sampling
        if target.takesSampling {
            if let value = sampling.temperature { json.member("temperature", raw: value) }
            if let value = sampling.topP { json.member("top_p", raw: value) }
        } else {
            if sampling.temperature != nil { try losses.lose(.temperature, of: request) }
            if sampling.topP != nil { try losses.lose(.topP, of: request) }
        }
        if let count = sampling.topLogprobs { json.member("top_logprobs", count) }
        if sampling.topK != nil { try losses.lose(.topK, of: request) }
        if let value = sampling.frequencyPenalty, value.isOtherThanZero {
            try losses.lose(.frequencyPenalty, of: request)
        }
        if let value = sampling.presencePenalty, value.isOtherThanZero {
            try losses.lose(.presencePenalty, of: request)
        }
        if sampling.seed != nil { try losses.lose(.seed, of: request) }
        if sampling.logitBias != nil { try losses.lose(.logitBias, of: request) }
        if let count = sampling.candidates, count > 1 {
            throw .unsupported(
                Bytes(SharedField.candidates.path(in: request.extras.origin).description))
        }
        if !request.stop.isEmpty { try losses.lose(.stop, of: request) }
    }

    /// OpenAI refuses a limit below its least one, which others allow.
    private mutating func writeLimit() throws(RequestFault) {
        guard var limit = request.maxTokens else { return }
        if !isOwn, limit < Self.leastLimit, target.unknownFields != .forward {
            try losses.lose(.maxTokens, of: request)
            limit = Self.leastLimit
        }
        json.member("max_output_tokens", limit)
    }

    private mutating func writeOptions() throws(RequestFault) {
        try writeLimit()
        if let user = request.user { json.member("user", user) }
        if let metadata = request.metadata { json.member("metadata", raw: metadata) }
        if let tier = request.serviceTier {
            if isOwn || tier.isOpenAITier {
                json.member("service_tier", tier)
            } else {
                try losses.lose(.serviceTier, of: request)
            }
        }
        if let modalities = request.modalities, !modalities.isTextOnly {
            throw .unsupported(
                Bytes(SharedField.modalities.path(in: request.extras.origin).description))
        }
        guard !isOwn else { return }
        writeText()
        try writeReasoning()
    }

    private mutating func writeText() {
        switch request.output {
        case .text: return
        case .json:
            json.key("text")
            json.beginObject()
            json.key("format")
            json.beginObject()
            json.member("type", "json_object")
        case .schema(let schema):
            json.key("text")
            json.beginObject()
            json.key("format")
            json.beginObject()
            json.member("type", "json_schema")
            json.member("name", schema.name ?? EscapedText("answer"))
            if let text = schema.description { json.member("description", text) }
            json.member("schema", raw: schema.schema)
            json.member("strict", schema.isStrict ?? false)
        }
        json.endObject()
        json.endObject()
    }

    private mutating func writeReasoning() throws(RequestFault) {
        guard let reasoning = request.reasoning else { return }
        if target.thinking == .none { return try losses.lose(.reasoning, of: request) }
        if reasoning.isOff && reasoning.effort == nil { return }
        json.key("reasoning")
        json.beginObject()
        if let level = reasoning.level { json.member("effort", level) }
        if let summary = reasoning.summary {
            json.member("summary", summary)
        } else if reasoning.includesThoughts == true {
            json.member("summary", "auto")
        }
        json.endObject()
        // Without state the thoughts have to come back sealed, or they are lost.
        json.key("include")
        json.beginArray()
        json.string("reasoning.encrypted_content" as StaticString)
        json.endArray()
    }

    private mutating func writeTools() throws(RequestFault) {
        guard !request.tools.isEmpty || isOwn && request.spelling.contains(.statedTools) else {
            return
        }
        json.key("tools")
        json.beginArray()
        for (index, tool) in request.tools.enumerated() {
            if let whole = tool.extras.whole(in: .responses) {
                json.raw(whole)
                continue
            }
            switch tool.kind {
            case .function(let function): write(function)
            case .server(_, let whole):
                guard isOwn else {
                    throw .invalid(
                        .path("tools", index), " is a tool that only its own provider has.")
                }
                json.raw(whole)
            }
        }
        json.endArray()
    }

    private mutating func write(_ function: FunctionTool) {
        json.beginObject()
        json.member("type", "function")
        json.member("name", function.name)
        if let text = function.description { json.member("description", text) }
        json.member(
            "parameters", raw: function.parameters ?? "{\"type\":\"object\",\"properties\":{}}")
        // Left out, it would be true here and false in chat completions.
        json.member("strict", function.isStrict ?? false)
        json.endObject()
    }

    private mutating func writeToolChoice() {
        if let flag = request.parallelToolCalls { json.member("parallel_tool_calls", flag) }
        guard let choice = request.toolChoice else { return }
        switch choice {
        case .auto: json.member("tool_choice", "auto")
        case .none: json.member("tool_choice", "none")
        case .required: json.member("tool_choice", "required")
        case .function(let name):
            json.key("tool_choice")
            writeNamed(name)
        case .anyOf(let names):
            json.key("tool_choice")
            json.beginObject()
            json.member("type", "allowed_tools")
            json.member("mode", "required")
            json.key("tools")
            json.beginArray()
            for name in names { writeNamed(name) }
            json.endArray()
            json.endObject()
        case .foreign(let format, let whole):
            if format == .responses { json.member("tool_choice", raw: whole) }
        }
    }

    private mutating func writeNamed(_ name: EscapedText) {
        json.beginObject()
        json.member("type", "function")
        json.member("name", name)
        json.endObject()
    }
}
