// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Cohere's second chat API, `POST /v2/chat`.
public enum CohereChatFormat: ChatFormat {
    public static let format = WireFormat.cohereChat

    /// Reads a request to this API.
    public static func request(from body: Bytes) throws(RequestFault) -> ChatRequest {
        var reader = CohereRequestReader(body)
        return try reader.read()
    }

    /// Writes a request to this API.
    public static func body(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        var writer = CohereRequestWriter(request, target, notes)
        try writer.write(request)
        notes = writer.notes
        return writer.finish()
    }

    /// Reads a whole answer.
    public static func answer(from body: Bytes) throws(ProviderError) -> ChatAnswer {
        try CohereAnswerReader.read(body)
    }

    /// Writes a whole answer.
    public static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes {
        CohereAnswerWriter.write(answer, caller)
    }

    /// Reads an error body; the status tells most of it.
    public static func error(from body: Bytes, status: Int) -> ProviderError {
        let facts = ErrorFacts(body)
        var kind = ProviderError.Kind.implied(by: status)
        switch status {
        // Cohere's own numbers: a filter struck, or the caller went away.
        case 498: kind = .contentPolicy
        case 400, 422: if facts.says("too many tokens") { kind = .contextTooLong }
        default: break
        }
        return ProviderError(kind: kind, status: status, message: facts.message)
    }

    /// Reads streams.
    public typealias Decoder = CohereStreamDecoder
    /// Writes streams.
    public typealias Encoder = CohereStreamEncoder
}

/// Cohere's `finish_reason`, both ways.
enum CohereFinish {
    static func finish(_ word: EscapedText) -> Finish { Finish(reason(word), word: word) }

    private static func reason(_ word: EscapedText) -> FinishReason {
        if word.equals("COMPLETE") { return .stop }
        if word.equals("TOOL_CALL") { return .toolCalls }
        if word.equals("MAX_TOKENS") || word.equals("ERROR_LIMIT") { return .length }
        if word.equals("STOP_SEQUENCE") { return .stopSequence }
        if word.equals("ERROR_TOXIC") { return .contentFilter }
        if word.equals("ERROR") || word.equals("TIMEOUT") { return .error }
        return .other
    }

    static func word(_ finish: Finish?, hasCalls: Bool) -> StaticString {
        switch finish?.reason {
        case .length: "MAX_TOKENS"
        case .stopSequence: "STOP_SEQUENCE"
        case .toolCalls: "TOOL_CALL"
        case .error: "ERROR"
        default: hasCalls ? "TOOL_CALL" : "COMPLETE"
        }
    }
}

/// Cohere counts twice: all tokens with its own preamble, and those that it bills.
enum CohereUsage {
    /// The billed counts, since prices are per billed token; the others where there are none.
    ///
    /// The cached tokens count among all tokens and not among the billed ones, so they are left
    /// out.
    static func read(_ object: JSONSlice, in body: ChatBody) -> Usage? {
        guard object.kind == .object else { return nil }
        let tokens = body.member("tokens", of: object)
        guard let counts = body.member("billed_units", of: object) ?? tokens else { return nil }
        var usage = Usage(
            inputTokens: count("input_tokens", counts, body) ?? 0,
            outputTokens: count("output_tokens", counts, body) ?? 0)
        let reasoning = tokens.flatMap { count("reasoning_tokens", $0, body) }
        usage.reasoningTokens = reasoning.map { min($0, usage.outputTokens) }
        return usage
    }

    private static func count(
        _ name: StaticString, _ object: JSONSlice, _ body: ChatBody
    ) -> Int? {
        let span = body.bytes.span
        guard let value = body.member(name, of: object) else { return nil }
        // Billed units are floating-point numbers in Cohere's own types.
        let number = value.int(in: span) ?? value.double(in: span).flatMap { Int(exactly: $0) }
        return number.flatMap { $0 >= 0 ? $0 : nil }
    }

    static func write(_ usage: Usage?, into json: inout JSONWriter) {
        let usage = usage ?? Usage()
        json.key("usage")
        json.beginObject()
        for name in ["billed_units", "tokens"] as [StaticString] {
            json.key(name)
            json.beginObject()
            json.member("input_tokens", usage.inputTokens)
            json.member("output_tokens", usage.billedOutputTokens)
            json.endObject()
        }
        json.endObject()
    }
}
