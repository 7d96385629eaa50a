// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads the error bodies of OpenAI and of everybody who is compatible with it.
///
/// Shapes seen: `{"error": {message, type, param, code}}` with a text or number as code, xAI's
/// `{"code", "error": "text"}`, Mistral's `{"detail"}`, bare `{"message"}`, and lists of texts.
enum OpenAIErrorReader {
    static func read(_ body: Bytes, status: Int) -> ProviderError {
        let facts = ErrorFacts(body)
        let message = facts.message.isEmpty ? firstText(in: body) : facts.message
        var error = ProviderError(
            kind: kind(facts, message, status), status: status, message: message)
        error.code = facts.code ?? facts.type
        error.param = facts.param
        return error
    }

    /// An error inside a stream, whose status the body may tell; 502 in doubt.
    static func inStream(_ payload: Bytes, _ object: JSONSlice) -> ProviderError {
        let bytes = payload[object.range]
        let body = ChatBody(payload)
        let told =
            body.member("status_code", of: object) ?? body.member("code", of: object)
            ?? body.member("status", of: object)
        let status = told?.int(in: payload.span) ?? 0
        let isStatus = 400..<600 ~= status
        var error = read(bytes, status: isStatus ? status : 500)
        if !isStatus { error.status = impliedStatus(error.kind) }
        return error
    }

    private static func impliedStatus(_ kind: ProviderError.Kind) -> Int {
        switch kind {
        case .invalidRequest, .contextTooLong, .contentPolicy: 400
        case .authentication: 401
        case .billing: 402
        case .permission: 403
        case .modelNotFound: 404
        case .requestTooLarge: 413
        case .rateLimited, .quotaExhausted: 429
        case .overloaded: 503
        case .timeout: 504
        case .internalError, .malformedAnswer: 502
        }
    }

    private static func kind(
        _ facts: ErrorFacts, _ message: Bytes, _ status: Int
    ) -> ProviderError.Kind {
        if let kind = facts.code.flatMap(named) ?? facts.type.flatMap(named) { return kind }
        let text = message.span
        if status == 400 || status == 413 || status == 422 {
            if isTooLong(text) { return .contextTooLong }
            // xAI and Google's compatible answers refuse a bad key by 400.
            if text.containsIgnoringCase("api key") { return .authentication }
            if text.containsIgnoringCase("content management policy")
                || text.containsIgnoringCase("safety system")
            {
                return .contentPolicy
            }
        }
        if status == 429, text.containsIgnoringCase("exceeded your current quota") {
            return .quotaExhausted
        }
        if status == 404, !text.containsIgnoringCase("model") { return .invalidRequest }
        return .implied(by: status)
    }

    private static func isTooLong(_ text: Span<UInt8>) -> Bool {
        text.containsIgnoringCase("context length") || text.containsIgnoringCase("context window")
            || text.containsIgnoringCase("prompt too long")
            || text.containsIgnoringCase("prompt is too long")
            || text.containsIgnoringCase("messages is too long")
            || text.containsIgnoringCase("maximum number of tokens")
    }

    /// Codes and types whose meaning is the same whatever the status.
    private static func named(_ code: Bytes) -> ProviderError.Kind? {
        let word = code.span
        if word.equals("context_length_exceeded") || word.equals("too_many_prompt_tokens")
            || word.equals("string_above_max_length")
        {
            return .contextTooLong
        }
        if word.equals("model_not_found") || word.equals("DeploymentNotFound") {
            return .modelNotFound
        }
        if word.equals("content_filter") || word.equals("content_policy_violation") {
            return .contentPolicy
        }
        if word.equals("invalid_api_key") || word.equals("authentication_error") {
            return .authentication
        }
        if word.equals("permission_error") || word.equals("permission_denied") {
            return .permission
        }
        if word.equals("insufficient_quota") { return .quotaExhausted }
        if word.equals("billing_hard_limit_reached") { return .billing }
        if word.equals("rate_limit_exceeded") || word.equals("rate_limit_error") {
            return .rateLimited
        }
        if word.equals("server_error") || word.equals("internal_server_error") {
            return .internalError
        }
        if word.equals("overloaded") || word.equals("engine_overloaded") { return .overloaded }
        return nil
    }

    /// The first text in a body of unknown shape; the beginning of the body if there is none.
    private static func firstText(in body: Bytes) -> Bytes {
        var index = 0
        var text = Bytes()
        while index < body.count, text.isEmpty {
            guard let quote = body.span.firstIndex(of: UInt8(ascii: "\""), from: index),
                let end = body.span.firstIndex(of: UInt8(ascii: "\""), from: quote + 1)
            else { break }
            index = end + 1
            let isName = index < body.count && body[index] == UInt8(ascii: ":")
            if !isName { text = body[quote + 1..<end] }
        }
        return text.isEmpty ? body.prefix(512) : text
    }
}
