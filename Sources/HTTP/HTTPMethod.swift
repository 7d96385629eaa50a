// SPDX-License-Identifier: Apache-2.0
import Core

/// A request method (RFC 9110 section 9); `other` is well-formed but not one we know.
public enum HTTPMethod: UInt8, Sendable, Hashable {
    case get, head, post, put, delete, options, patch, other

    /// Methods are case-sensitive: `get` is `other`.
    init(_ name: Span<UInt8>) {
        switch name.count {
        case 3: self = name.equals("GET") ? .get : name.equals("PUT") ? .put : .other
        case 4: self = name.equals("POST") ? .post : name.equals("HEAD") ? .head : .other
        case 5: self = name.equals("PATCH") ? .patch : .other
        case 6: self = name.equals("DELETE") ? .delete : .other
        case 7: self = name.equals("OPTIONS") ? .options : .other
        default: self = .other
        }
    }

    /// The method as sent, and bounded enough for a metric label.
    public var label: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .patch: "PATCH"
        case .other: "OTHER"
        }
    }
}

/// The versions spoken here; everything else is 505.
public enum HTTPVersion: UInt8, Sendable, Hashable {
    case http10, http11

    public var minor: Int { Int(rawValue) }
}
