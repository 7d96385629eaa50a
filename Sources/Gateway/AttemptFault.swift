// SPDX-License-Identifier: Apache-2.0

/// How one attempt ended without an answer that may be relayed.
public enum AttemptFault: Sendable, Equatable {
    /// The name did not resolve, or no address accepted a connection.
    case unreachable
    /// No connection in the time allowed.
    case connectTimeout
    /// TLS could not be agreed on, or the certificate is not to be trusted.
    case tls
    /// None of the name's addresses may be connected to.
    case forbidden
    /// The upstream closed or reset before its answer was complete.
    case broken
    /// What came back is not HTTP.
    case garbage
    /// No answer, or no further piece of it, in the time allowed.
    case timeout
    /// Too many exchanges wait for a connection to this upstream.
    case queueFull
    /// The upstream answered with a status that another target may not share.
    case status(Int)

    /// A bounded text for records, metrics and the list of attempts in an error body.
    public var label: StaticString {
        switch self {
        case .unreachable: "unreachable"
        case .connectTimeout: "connect_timeout"
        case .tls: "tls_failure"
        case .forbidden: "address_forbidden"
        case .broken: "connection_lost"
        case .garbage: "invalid_response"
        case .timeout: "timeout"
        case .queueFull: "queue_full"
        case .status(let status):
            switch status {
            case 401, 402, 403: "credential_refused"
            case 408: "status_408"
            case 429: "rate_limited"
            default: "server_error"
            }
        }
    }

    public var isTimeout: Bool { self == .timeout || self == .connectTimeout }

    /// Whether a status is the upstream's own trouble, so that another target may do better.
    ///
    /// Other 4xx tell the caller that the request is wrong; a second target would say the same.
    public static func isUpstreamTrouble(_ status: Int) -> Bool {
        switch status {
        case 401, 402, 403, 408, 429: true
        default: status >= 500
        }
    }
}
