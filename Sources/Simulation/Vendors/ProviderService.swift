// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// Answers requests in one dialect.
///
/// Ollama, Gemini and Cohere also have paths where they speak OpenAI's, as the real ones do.
struct ProviderService {
    let dialect: FakeProvider.Dialect
    var openAI = OpenAIService()

    init(_ dialect: FakeProvider.Dialect) { self.dialect = dialect }

    /// The answer to one whole request.
    mutating func answer(
        to head: RequestHead, body: Bytes, script: ProviderScript, now: Timestamp,
        behaviour: ProviderBehaviour
    ) -> ProviderAnswer {
        if let image = ImageShelf.answer(head) { return image }
        guard dialect != .openai else {
            return openAI.answer(
                to: head, body: body, script: script, now: now, behaviour: behaviour)
        }
        let call = DialectCall(
            head, body: body, script: script, now: now, behaviour: behaviour)
        if speaksOpenAI(call.path) {
            return openAI.answer(
                to: head, body: body, script: script, now: now, behaviour: behaviour)
        }
        do throws(ProviderRefusal) {
            return try answer(call)
        } catch {
            return refuse(error, script)
        }
    }

    private mutating func answer(_ call: DialectCall) throws(ProviderRefusal) -> ProviderAnswer {
        if let kept = try answerKept(call) { return kept }
        return switch dialect {
        case .openai: throw .unknownPath(call.head.methodName, call.head.path)
        case .anthropic: try AnthropicService.answer(call, &openAI.random)
        case .gemini: try GeminiService.answer(call, &openAI.random)
        case .ollama: try OllamaService.answer(call, &openAI.random)
        case .cohere: try CohereService.answer(call, &openAI.random)
        }
    }

    /// The answer of a call on a kept object; nil for any other call.
    private mutating func answerKept(
        _ call: DialectCall
    ) throws(ProviderRefusal) -> ProviderAnswer? {
        guard let request = StoreCall(call) else { return nil }
        switch dialect {
        case .anthropic:
            try AnthropicService.check(call)
            return try AnthropicStore.answer(request, &openAI.store, &openAI.random)
        case .gemini:
            try GeminiService.checkKey(call)
            return try GeminiStore.answer(request, &openAI.store, &openAI.random)
        case .openai, .ollama, .cohere: return nil
        }
    }

    private func speaksOpenAI(_ path: String) -> Bool {
        switch dialect {
        case .openai: true
        case .anthropic: false
        case .gemini: path.contains("/openai/")
        case .ollama: path.contains("/v1/")
        case .cohere: path.contains("/compatibility/")
        }
    }

    /// A refusal in the dialect's shape.
    mutating func refuse(_ refusal: ProviderRefusal, _ script: ProviderScript) -> ProviderAnswer {
        guard dialect != .openai else { return ProviderAnswer(refusal) }
        let id =
            dialect == .cohere
            ? CohereReply.identifier(&openAI.random)
            : SimulatedCompletion.identifier("req_011", 21, &openAI.random)
        let wait = refusal.status == 429 || refusal.status == 503 ? script.retryAfter : nil
        var answer = ProviderAnswer(refusal.body(dialect, id: id, wait: wait))
        answer.status = refusal.status
        switch dialect {
        case .gemini: answer.contentType = GeminiService.contentType
        case .ollama: answer.contentType = OllamaService.contentType
        default: break
        }
        return answer
    }

    /// Writes the fields that the vendor sends beside the framing ones.
    mutating func writeFields(
        of status: Int, _ script: ProviderScript, now: Timestamp, into writer: inout ByteWriter
    ) {
        switch dialect {
        case .openai: writeOpenAI(script, into: &writer)
        case .anthropic: writeAnthropic(now, into: &writer)
        case .gemini:
            writer.appendField("vary", "Origin, X-Origin, Referer" as StaticString)
            writer.appendField("server-timing", "gfet4t7; dur=1" as StaticString)
        case .ollama: break
        case .cohere:
            writer.appendField("x-debug-trace-id", CohereReply.identifier(&openAI.random))
            writer.appendField("x-trial-endpoint-call-limit", 40)
            writer.appendField("x-trial-endpoint-call-remaining", 39)
        }
        // Gemini tells in the body how long to wait.
        guard status >= 300, let wait = script.retryAfter, dialect != .gemini else { return }
        if dialect == .openai { writer.appendField("retry-after-ms", Int(wait.milliseconds)) }
        writer.appendField("retry-after", Int((wait.milliseconds + 999) / 1000))
    }

    private mutating func writeOpenAI(_ script: ProviderScript, into writer: inout ByteWriter) {
        writer.appendField("openai-processing-ms", Int(script.firstToken.milliseconds))
        writer.appendField("openai-version", "2020-10-01" as StaticString)
        writer.appendField(
            "x-request-id", SimulatedCompletion.identifier("req_", 32, &openAI.random))
        writer.appendField("x-ratelimit-limit-requests", 10_000)
        writer.appendField("x-ratelimit-limit-tokens", 10_000_000)
        writer.appendField("x-ratelimit-remaining-requests", 9_999)
        writer.appendField("x-ratelimit-remaining-tokens", 9_999_000)
        writer.appendField("x-ratelimit-reset-requests", "6ms" as StaticString)
        writer.appendField("x-ratelimit-reset-tokens", "0s" as StaticString)
    }

    private mutating func writeAnthropic(_ now: Timestamp, into writer: inout ByteWriter) {
        writer.appendField(
            "request-id", SimulatedCompletion.identifier("req_011", 21, &openAI.random))
        var time = ByteWriter(capacity: 32)
        time.append(rfc3339: now)
        // Whole seconds, as the service has it.
        let reset = Bytes("\(time.finish().prefix(19))Z")
        writer.appendField("anthropic-ratelimit-requests-limit", 4_000)
        writer.appendField("anthropic-ratelimit-requests-remaining", 3_999)
        writer.appendField("anthropic-ratelimit-requests-reset", reset)
        writer.appendField("anthropic-ratelimit-input-tokens-limit", 400_000)
        writer.appendField("anthropic-ratelimit-input-tokens-remaining", 399_000)
        writer.appendField("anthropic-ratelimit-input-tokens-reset", reset)
        writer.appendField("anthropic-ratelimit-output-tokens-limit", 80_000)
        writer.appendField("anthropic-ratelimit-output-tokens-remaining", 79_000)
        writer.appendField("anthropic-ratelimit-output-tokens-reset", reset)
    }
}
