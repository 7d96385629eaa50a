// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes the body of `POST /v1/chat/completions`.
struct ChatCompletionsRequestWriter: ~Copyable {
    let request: ChatRequest
    let target: TargetTraits
    /// True when the request came in this format, so that its own members go back as they were.
    let isOwn: Bool
    var losses: FieldLosses
    /// What was left out inside messages.
    private var notes = TranslationNotes()
    var json: JSONWriter

    init(_ request: ChatRequest, _ target: TargetTraits, _ notes: TranslationNotes) {
        self.request = request
        self.target = target
        isOwn = request.extras.origin == .chatCompletions
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
        var messages = ChatCompletionsMessageWriter(request, target)
        try messages.write(&json, &notes)
        try writeTools()
        writeToolChoice()
        try writeSampling()
        try writeOptions()
        writeStream()
        if isOwn {
            writeOwnExtras()
        } else {
            try losses.lose(request.extras, into: &json)
        }
        json.endObject()
        // A writer is used up by its end, and this one is a field.
        var done = JSONWriter(capacity: 0)
        swap(&done, &json)
        return done.finish()
    }

    /// Whether a field is to be written from the model, and not by the caller's own spelling.
    private func writes(_ name: StaticString) -> Bool {
        !isOwn || request.extras.members.isEmpty || request.extras[name] == nil
    }

    private mutating func writeOwnExtras() {
        for member in request.extras.members where !member.name.equals("stream_options") {
            json.member(member)
        }
    }

    private mutating func writeStream() {
        if request.stream || request.spelling.contains(.statedStream) {
            json.member("stream", request.stream)
        }
        let options = isOwn ? request.extras["stream_options"] : nil
        guard options != nil || request.stream && request.includesUsage else { return }
        json.key("stream_options")
        json.beginObject()
        var isStated = false
        if let options {
            var members = JSONMembers(in: options.span)
            while let member = members.next() {
                let isUsage = member.key.equals("include_usage", in: options.span)
                if isUsage { isStated = true }
                if isUsage && request.includesUsage { continue }
                json.key(options.span.extracting(member.key.content))
                json.raw(options[member.value.range])
            }
        }
        if request.includesUsage || isStated && options == nil {
            json.member("include_usage", true)
        }
        json.endObject()
    }

    private mutating func writeSampling() throws(RequestFault) {
        let sampling = request.sampling
        try number(sampling.temperature, "temperature", .temperature, target.takesSampling)
        try number(sampling.topP, "top_p", .topP, target.takesSampling)
        let takesTopK = isOwn || target.unknownFields == .forward
        try number(sampling.topK, "top_k", .topK, takesTopK && target.takesSampling)
        try number(
            sampling.frequencyPenalty, "frequency_penalty", .frequencyPenalty, target.takesSampling)
        try number(
            sampling.presencePenalty, "presence_penalty", .presencePenalty, target.takesSampling)
        try number(sampling.seed, "seed", .seed, true)
        if let count = sampling.candidates { json.member("n", count) }
        if let logprobs = sampling.logprobs { json.member("logprobs", logprobs) }
        if let count = sampling.topLogprobs { json.member("top_logprobs", count) }
        if let bias = sampling.logitBias { json.member("logit_bias", raw: bias) }
    }

    private mutating func number(
        _ value: Bytes?, _ name: StaticString, _ field: SharedField, _ isTaken: Bool
    ) throws(RequestFault) {
        guard let value else { return }
        if isTaken {
            json.member(name, raw: value)
        } else {
            try losses.lose(field, of: request)
        }
    }

    private mutating func writeOptions() throws(RequestFault) {
        if let limit = request.maxTokens {
            let isOlder =
                isOwn ? request.spelling.contains(.olderLimit) : !target.takesCompletionLimit
            json.member(isOlder ? "max_tokens" : "max_completion_tokens", limit)
        }
        if !request.stop.isEmpty { writeStop() }
        if writes("response_format") { writeOutput() }
        try writeReasoning()
        if let user = request.user { json.member("user", user) }
        if let metadata = request.metadata { json.member("metadata", raw: metadata) }
        if let modalities = request.modalities {
            if isOwn || request.extras.origin == .responses || !modalities.isTextOnly {
                json.member("modalities", raw: modalities)
            }
        }
        try writeServiceTier()
    }

    private mutating func writeStop() {
        json.key("stop")
        if request.spelling.contains(.plainStop), request.stop.count == 1 {
            json.string(request.stop[0])
            return
        }
        json.beginArray()
        for text in request.stop { json.string(text) }
        json.endArray()
    }

    private mutating func writeOutput() {
        switch request.output {
        case .text: return
        case .json:
            json.key("response_format")
            json.beginObject()
            json.member("type", "json_object")
            json.endObject()
        case .schema(let schema):
            json.key("response_format")
            json.beginObject()
            json.member("type", "json_schema")
            json.key("json_schema")
            json.beginObject()
            json.member("name", schema.name ?? EscapedText("answer"))
            if let text = schema.description { json.member("description", text) }
            json.member("schema", raw: schema.schema)
            if let isStrict = schema.isStrict { json.member("strict", isStrict) }
            json.endObject()
            json.endObject()
        }
    }

    private mutating func writeReasoning() throws(RequestFault) {
        guard let reasoning = request.reasoning else { return }
        if isOwn {
            guard writes("reasoning"), let effort = reasoning.effort else { return }
            json.member("reasoning_effort", effort)
            return
        }
        if reasoning.isOff {
            // Models that cannot think refuse the word `none`; without a word few think at all.
            guard reasoning.effort != nil else { return }
        }
        guard target.thinking != .none, let level = reasoning.level else {
            if target.thinking == .none { try losses.lose(.reasoning, of: request) }
            return
        }
        json.member("reasoning_effort", level)
    }

    private mutating func writeServiceTier() throws(RequestFault) {
        guard let tier = request.serviceTier else { return }
        let isKnown =
            tier.equals("auto") || tier.equals("default") || tier.equals("flex")
            || tier.equals("priority") || tier.equals("scale")
        if isOwn || isKnown {
            json.member("service_tier", tier)
        } else if tier.equals("standard_only") {
            json.member("service_tier", "default")
        } else {
            try losses.lose(.serviceTier, of: request)
        }
    }
}
