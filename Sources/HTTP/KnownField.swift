// SPDX-License-Identifier: Apache-2.0
import Core

/// Fields recognised while a head is parsed, so that asking for them later costs a bit test.
public enum KnownField: UInt8, Sendable, Hashable, CaseIterable {
    case other
    case host, connection, contentLength, transferEncoding, contentType, contentEncoding
    case expect, te, trailer, upgrade, keepAlive
    case proxyConnection, proxyAuthenticate, proxyAuthorization
    case authorization, xAPIKey, apiKey, xGoogAPIKey, cookie
    case accept, acceptEncoding, userAgent, xRequestID, traceparent
    case date, server, retryAfter

    /// The name in lower case; empty for `other`.
    public var name: StaticString {
        switch self {
        case .other: ""
        case .host: "host"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .expect: "expect"
        case .te: "te"
        case .trailer: "trailer"
        case .upgrade: "upgrade"
        case .keepAlive: "keep-alive"
        case .proxyConnection: "proxy-connection"
        case .proxyAuthenticate: "proxy-authenticate"
        case .proxyAuthorization: "proxy-authorization"
        case .authorization: "authorization"
        case .xAPIKey: "x-api-key"
        case .apiKey: "api-key"
        case .xGoogAPIKey: "x-goog-api-key"
        case .cookie: "cookie"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .userAgent: "user-agent"
        case .xRequestID: "x-request-id"
        case .traceparent: "traceparent"
        case .date: "date"
        case .server: "server"
        case .retryAfter: "retry-after"
        }
    }

    /// Whether the field belongs to one connection and is never forwarded (RFC 9110 section 7.6.1).
    public var isHopByHop: Bool { Self.hopByHop & bit != 0 }

    private static let hopByHop: UInt64 =
        KnownField.connection.bit | KnownField.keepAlive.bit | KnownField.te.bit
        | KnownField.trailer.bit | KnownField.transferEncoding.bit | KnownField.upgrade.bit
        | KnownField.proxyConnection.bit | KnownField.proxyAuthenticate.bit
        | KnownField.proxyAuthorization.bit

    var bit: UInt64 { 1 << UInt64(rawValue) }
}

/// Whether a field belongs to one connection and is never forwarded (RFC 9110 section 7.6.1).
public func isHopByHop(_ name: Span<UInt8>) -> Bool {
    KnownField.recognise(name, 0..<name.count).isHopByHop
        || name.count > 6 && name.extracting(0..<6).equalsIgnoringCase("proxy-")
}

extension KnownField {
    /// Tells a field by its length, then its first letter, then by comparing whole words.
    static func recognise(_ bytes: Span<UInt8>, _ range: Range<Int>) -> KnownField {
        guard let candidate = candidate(bytes, range) else { return .other }
        return FieldName.matches(bytes, range, candidate.name) ? candidate : .other
    }

    @inline(__always)
    private static func candidate(_ bytes: Span<UInt8>, _ range: Range<Int>) -> KnownField? {
        guard range.count >= 2, range.count <= 19 else { return nil }
        let first = bytes[range.lowerBound] | 0x20
        return switch range.count {
        case 2: .te
        case 4: first == UInt8(ascii: "h") ? .host : .date
        case 6: sixLetters(first)
        case 7: sevenLetters(first)
        case 9: .xAPIKey
        case 10: tenLetters(first)
        case 11: first == UInt8(ascii: "t") ? .traceparent : .retryAfter
        case 12: first == UInt8(ascii: "c") ? .contentType : .xRequestID
        case 13: .authorization
        case 14: first == UInt8(ascii: "c") ? .contentLength : .xGoogAPIKey
        case 15: .acceptEncoding
        case 16: first == UInt8(ascii: "c") ? .contentEncoding : .proxyConnection
        case 17: .transferEncoding
        case 18: .proxyAuthenticate
        case 19: .proxyAuthorization
        default: nil
        }
    }

    @inline(__always)
    private static func sixLetters(_ first: UInt8) -> KnownField? {
        switch first {
        case UInt8(ascii: "a"): .accept
        case UInt8(ascii: "c"): .cookie
        case UInt8(ascii: "e"): .expect
        default: .server
        }
    }

    @inline(__always)
    private static func sevenLetters(_ first: UInt8) -> KnownField? {
        switch first {
        case UInt8(ascii: "a"): .apiKey
        case UInt8(ascii: "u"): .upgrade
        default: .trailer
        }
    }

    @inline(__always)
    private static func tenLetters(_ first: UInt8) -> KnownField? {
        switch first {
        case UInt8(ascii: "c"): .connection
        case UInt8(ascii: "k"): .keepAlive
        default: .userAgent
        }
    }
}
