// SPDX-License-Identifier: Apache-2.0

/// How the end of a message body is found (RFC 9112 section 6.3).
public enum BodyFraming: Sendable, Hashable {
    case none
    /// By Content-Length, in bytes; zero is possible.
    case length(Int)
    case chunked
    /// By the end of the connection; responses only.
    case untilClose

    /// Whether body bytes may follow the head.
    public var hasBody: Bool { self != .none && self != .length(0) }
}
