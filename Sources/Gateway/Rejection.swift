// SPDX-License-Identifier: Apache-2.0

/// Whose fault a refusal is; alerts and retry rules read it.
public enum Fault: String, Sendable {
    case caller
    case policy
    case provider
    case gateway
}

/// Why an exchange was refused or failed: the closed list that callers, metrics and records see.
///
/// This file is the only table of status, error type and label; nothing else decides by them.
public enum Rejection: Sendable, CaseIterable, Error {
    case malformedRequest
    case invalidRequest
    case unsupportedMediaType
    case bodyTooLarge
    case headTooLarge
    case unknownPath
    case methodNotAllowed
    case unknownModel
    case clientTooSlow
    case clientGone
    case missingKey
    case unknownKey
    case modelNotAllowed
    case providerNotAllowed
    case upstreamFailed
    case upstreamTimeout
    case upstreamBroke
    case overloaded
    case draining
    case internalError

    /// The HTTP status; 499 is only recorded, never sent.
    public var status: Int {
        switch self {
        case .malformedRequest, .invalidRequest: 400
        case .unsupportedMediaType: 415
        case .bodyTooLarge: 413
        case .headTooLarge: 431
        case .unknownPath, .unknownModel: 404
        case .methodNotAllowed: 405
        case .clientTooSlow: 408
        case .clientGone: 499
        case .missingKey, .unknownKey: 401
        case .modelNotAllowed, .providerNotAllowed: 403
        case .upstreamFailed, .upstreamBroke: 502
        case .upstreamTimeout: 504
        case .overloaded, .draining: 503
        case .internalError: 500
        }
    }

    public var fault: Fault {
        switch self {
        case .malformedRequest, .invalidRequest, .unsupportedMediaType, .bodyTooLarge,
            .headTooLarge, .unknownPath, .methodNotAllowed, .unknownModel, .clientTooSlow,
            .clientGone:
            .caller
        case .missingKey, .unknownKey, .modelNotAllowed, .providerNotAllowed: .policy
        case .upstreamFailed, .upstreamTimeout, .upstreamBroke: .provider
        case .overloaded, .draining, .internalError: .gateway
        }
    }

    /// The `code` in error bodies and the label in metrics.
    public var code: StaticString {
        switch self {
        case .malformedRequest: "malformed_request"
        case .invalidRequest: "invalid_request"
        case .unsupportedMediaType: "unsupported_media_type"
        case .bodyTooLarge: "request_too_large"
        case .headTooLarge: "headers_too_large"
        case .unknownPath: "unknown_path"
        case .methodNotAllowed: "method_not_allowed"
        case .unknownModel: "model_not_found"
        case .clientTooSlow: "request_timeout"
        case .clientGone: "client_closed_request"
        case .missingKey: "missing_api_key"
        case .unknownKey: "invalid_api_key"
        case .modelNotAllowed: "model_not_allowed"
        case .providerNotAllowed: "provider_not_allowed"
        case .upstreamFailed: "upstream_failed"
        case .upstreamTimeout: "upstream_timeout"
        case .upstreamBroke: "upstream_broke_off"
        case .overloaded: "overloaded"
        case .draining: "draining"
        case .internalError: "internal_error"
        }
    }

    /// Whether the caller's SDK should ask again by itself.
    public var isRetryable: Bool { self == .draining || self == .overloaded }

    /// Seconds for `retry-after`; nil when none is sent.
    public var retryAfterSeconds: Int? { isRetryable ? 1 : nil }
}
