// SPDX-License-Identifier: Apache-2.0
import Core

/// Reads Anthropic's error bodies and error events.
enum MessagesErrorReader {
    /// A status of 0 stands for an event inside a stream; then the type implies one.
    static func read(_ bytes: Bytes, status: Int) -> ProviderError {
        let facts = ErrorFacts(bytes)
        let kind = kind(facts, status)
        var error = ProviderError(
            kind: kind, status: status == 0 ? self.status(of: kind) : status,
            message: facts.message)
        error.code = facts.type
        return error
    }

    private static func kind(_ facts: ErrorFacts, _ status: Int) -> ProviderError.Kind {
        guard let type = facts.type?.span else { return .implied(by: status) }
        if type.equals("invalid_request_error") {
            if facts.says("prompt is too long") || facts.says("context limit") {
                return .contextTooLong
            }
            if facts.says("credit balance") { return .billing }
            if facts.says("usage limits") { return .quotaExhausted }
            if facts.says("content filtering policy") { return .contentPolicy }
            return .invalidRequest
        }
        if type.equals("authentication_error") { return .authentication }
        if type.equals("permission_error") { return .permission }
        if type.equals("billing_error") { return .billing }
        if type.equals("not_found_error") { return .modelNotFound }
        if type.equals("request_too_large") { return .requestTooLarge }
        if type.equals("rate_limit_error") { return .rateLimited }
        if type.equals("overloaded_error") { return .overloaded }
        if type.equals("timeout_error") { return .timeout }
        if type.equals("api_error") { return .internalError }
        return .implied(by: status)
    }

    private static func status(of kind: ProviderError.Kind) -> Int {
        switch kind {
        case .invalidRequest, .contextTooLong, .contentPolicy: 400
        case .authentication: 401
        case .billing: 402
        case .permission: 403
        case .modelNotFound: 404
        case .requestTooLarge: 413
        case .rateLimited, .quotaExhausted: 429
        case .overloaded: 529
        case .timeout: 504
        case .internalError, .malformedAnswer: 500
        }
    }
}
