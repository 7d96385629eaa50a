// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// How a request of another format is to think at Anthropic.
struct ThinkingPlan {
    /// Tokens of thought; nil if only the effort is told.
    var budget: Int?
    var effort: EscapedText?
    var isShown = true
}

extension MessagesRequestWriter {
    /// Fewest tokens of thought that the service takes.
    private static var leastBudget: Int { 1024 }

    /// What can be done of the thinking asked for; nil for none.
    ///
    /// Thinking excludes a forced tool, and a running round of tools must begin with a signed
    /// thought, which other formats do not carry.
    mutating func thinkingPlan(_ request: ChatRequest) throws(RequestFault) -> ThinkingPlan? {
        guard let options = request.reasoning, !options.isOff else { return nil }
        let isForced =
            switch request.toolChoice {
            case .required, .function, .anyOf: true
            default: false
            }
        if target.thinking == .none || isForced || request.isMidToolRound {
            try losses.lose(.reasoning, of: request)
            return nil
        }
        var plan = ThinkingPlan()
        plan.isShown = options.includesThoughts ?? true
        if target.thinking == .effort {
            plan.effort = options.level.map(Self.effort)
            return plan
        }
        let wish = options.budget.flatMap { $0 > 0 ? $0 : nil } ?? 8192
        var budget = max(wish, Self.leastBudget)
        if let limit = request.maxTokens, budget >= limit {
            guard limit > Self.leastBudget else {
                try losses.lose(.reasoning, of: request)
                return nil
            }
            budget = max(Self.leastBudget, limit / 2)
        }
        plan.budget = budget
        return plan
    }

    /// The service's word for an effort: it has none below low.
    private static func effort(_ level: EscapedText) -> EscapedText {
        level.equals("minimal") ? EscapedText("low") : level
    }

    mutating func writeSampling(
        _ request: ChatRequest, isThinking: Bool
    ) throws(RequestFault) {
        let sampling = request.sampling
        // While it thinks the service takes the default temperature only.
        let takes = target.takesSampling && !isThinking
        if let temperature = sampling.temperature {
            if takes {
                try writeTemperature(temperature, request)
            } else {
                try losses.lose(.temperature, of: request)
            }
        }
        if let topP = sampling.topP {
            // Newer models take one of the two; the temperature is what callers mean.
            if takes, isOwn || sampling.temperature == nil {
                json.member("top_p", raw: topP)
            } else {
                try losses.lose(.topP, of: request)
            }
        }
        if let topK = sampling.topK {
            if takes {
                json.member("top_k", raw: topK)
            } else {
                try losses.lose(.topK, of: request)
            }
        }
        try writeStop(request)
        if !isOwn { try loseSampling(request) }
    }

    /// Others go up to 2, Anthropic to 1.
    private mutating func writeTemperature(
        _ temperature: Bytes, _ request: ChatRequest
    ) throws(RequestFault) {
        let slice = JSONSlice(kind: .number, range: 0..<temperature.count)
        if !isOwn, let value = slice.double(in: temperature.span), value > 1 {
            try losses.lose(.temperature, of: request)
            json.member("temperature", 1)
        } else {
            json.member("temperature", raw: temperature)
        }
    }

    private mutating func writeStop(_ request: ChatRequest) throws(RequestFault) {
        guard !request.stop.isEmpty else { return }
        json.key("stop_sequences")
        json.beginArray()
        for stop in request.stop {
            // The service refuses sequences of blanks alone.
            if isOwn || !stop.isBlank {
                json.string(stop)
            } else {
                try losses.lose(.stop, of: request)
            }
        }
        json.endArray()
    }

    private mutating func loseSampling(_ request: ChatRequest) throws(RequestFault) {
        let sampling = request.sampling
        if let count = sampling.candidates, count > 1 {
            throw .unsupported(
                Bytes(SharedField.candidates.path(in: request.extras.origin).description))
        }
        if sampling.frequencyPenalty?.isOtherThanZero == true {
            try losses.lose(.frequencyPenalty, of: request)
        }
        if sampling.presencePenalty?.isOtherThanZero == true {
            try losses.lose(.presencePenalty, of: request)
        }
        if sampling.seed != nil { try losses.lose(.seed, of: request) }
        if sampling.logprobs == true { try losses.lose(.logprobs, of: request) }
        if sampling.logitBias != nil { try losses.lose(.logitBias, of: request) }
    }

    /// The rest of a request that came in another format.
    mutating func writeOptions(
        _ request: ChatRequest, _ thinking: ThinkingPlan?
    ) throws(RequestFault) {
        if let thinking { writeThinking(thinking) }
        try writeOutput(request, thinking)
        if request.stream, !isCount {
            json.key("stream")
            json.bool(true)
        }
        if isCount { return }
        if let user = request.user {
            json.key("metadata")
            json.beginObject()
            json.member("user_id", user)
            json.endObject()
        }
        if request.metadata != nil { try losses.lose(.metadata, of: request) }
        if let tier = request.serviceTier {
            if tier.equals("auto") || tier.equals("priority") {
                json.member("service_tier", "auto")
            } else if tier.equals("default") || tier.equals("standard_only") {
                json.member("service_tier", "standard_only")
            } else {
                try losses.lose(.serviceTier, of: request)
            }
        }
        if let modalities = request.modalities, !modalities.isTextOnly {
            throw .unsupported(
                Bytes(SharedField.modalities.path(in: request.extras.origin).description))
        }
    }

    private mutating func writeThinking(_ plan: ThinkingPlan) {
        json.key("thinking")
        json.beginObject()
        if let budget = plan.budget {
            json.member("type", "enabled")
            json.member("budget_tokens", budget)
        } else {
            json.member("type", "adaptive")
        }
        if !plan.isShown { json.member("display", "omitted") }
        json.endObject()
    }

    private mutating func writeOutput(
        _ request: ChatRequest, _ thinking: ThinkingPlan?
    ) throws(RequestFault) {
        var schema: OutputSchema?
        switch request.output {
        case .text: break
        // There is no way to ask for any object at all; the prompt has to do it alone.
        case .json: try losses.lose(.output, of: request)
        case .schema(let wanted): schema = wanted
        }
        guard schema != nil || thinking?.effort != nil else { return }
        json.key("output_config")
        json.beginObject()
        if let effort = thinking?.effort { json.member("effort", effort) }
        if let schema {
            json.key("format")
            json.beginObject()
            json.member("type", "json_schema")
            json.member("schema", raw: schema.schema)
            json.endObject()
        }
        json.endObject()
    }
}

extension ChatRequest {
    /// Whether the last turn of the model called tools without a signed thought before.
    fileprivate var isMidToolRound: Bool {
        guard let last = messages.last(where: { $0.role == .assistant }) else { return false }
        return last.parts.contains { part in
            if case .toolCall = part.kind { true } else { false }
        }
    }
}
