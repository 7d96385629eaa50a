// SPDX-License-Identifier: Apache-2.0
public import Core

/// A provider's refusal or failure in no provider's words; its own text is kept.
public struct ProviderError: Error, Sendable, Equatable {
    public var kind: Kind
    /// The status it came with, or the one it implies inside a stream.
    public var status: Int
    /// The provider's own sentence, decoded; empty if there is none.
    public var message: Bytes
    /// The provider's own type or code, decoded.
    public var code: Bytes?
    /// The field at fault, as the provider names it.
    public var param: Bytes?
    /// How long to wait, where the body tells (google.rpc.RetryInfo).
    public var retryAfter: Nanoseconds?

    public init(kind: Kind, status: Int, message: Bytes) {
        self.kind = kind
        self.status = status
        self.message = message
    }

    /// What went wrong; bounded, a metric label.
    public enum Kind: UInt8, Sendable, Equatable, CaseIterable {
        // The caller's request
        case invalidRequest, contextTooLong, contentPolicy, modelNotFound, requestTooLarge
        // Our credential or account there
        case authentication, permission, billing
        // Their capacity
        case rateLimited, quotaExhausted, overloaded
        // Their fault
        case timeout, internalError, malformedAnswer

        public var label: StaticString {
            switch self {
            case .invalidRequest: "invalid_request"
            case .contextTooLong: "context_length_exceeded"
            case .contentPolicy: "content_policy"
            case .modelNotFound: "model_not_found"
            case .requestTooLarge: "request_too_large"
            case .authentication: "provider_authentication"
            case .permission: "provider_permission"
            case .billing: "provider_billing"
            case .rateLimited: "provider_rate_limited"
            case .quotaExhausted: "provider_quota_exhausted"
            case .overloaded: "provider_overloaded"
            case .timeout: "provider_timeout"
            case .internalError: "provider_error"
            case .malformedAnswer: "provider_malformed_answer"
            }
        }
    }
}
