// SPDX-License-Identifier: Apache-2.0
public import Core

/// The four forms of a request target (RFC 9112 section 3.2).
public enum TargetForm: UInt8, Sendable, Hashable {
    /// `/path?query`
    case origin
    /// `http://authority/path?query`
    case absolute
    /// `host:port`, CONNECT only
    case authority
    /// `*`, OPTIONS only
    case asterisk
}

/// A request's start line and fields, checked and owned; parts are slices of one block.
public struct RequestHead: Sendable {
    public let fields: FieldTable
    public let method: HTTPMethod
    public let version: HTTPVersion
    public let targetForm: TargetForm
    public let framing: BodyFraming
    /// Whether the client wants the connection to go on after this exchange.
    public let keepAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    public let expectsContinue: Bool
    let methodEnd: UInt8
    let targetPart: HeadPart
    let pathPart: HeadPart
    let queryPart: HeadPart
    let authorityPart: HeadPart

    /// The head as received, final empty line included.
    public var bytes: Bytes { fields.head }

    public var minorVersion: Int { version.minor }

    /// The method as sent; tells apart what `method` calls `other`.
    public var methodName: Bytes { fields.slice(0..<Int(methodEnd)) }

    /// The request target as sent.
    public var target: Bytes { fields.slice(targetPart.range) }

    /// The path, never empty; `*` and CONNECT targets stand for themselves.
    public var path: Bytes { fields.slice(pathPart.range) }

    /// What follows the first question mark; nil without one.
    public var query: Bytes? {
        queryPart.start == 0 ? nil : fields.slice(queryPart.range)
    }

    /// Host and port asked for: of an absolute target, else of the Host field; empty without any.
    public var authority: Bytes { fields.slice(authorityPart.range) }

    /// The path, borrowed.
    public var pathSpan: Span<UInt8> {
        @_lifetime(borrow self)
        get { fields.headSpan.extracting(pathPart.range) }
    }

    /// What follows the first question mark, borrowed; empty without one.
    public var querySpan: Span<UInt8> {
        @_lifetime(borrow self)
        get { fields.headSpan.extracting(queryPart.range) }
    }
}

/// A part of a head, in four bytes.
struct HeadPart: Sendable {
    let start: UInt16
    let count: UInt16

    init() {
        start = 0
        count = 0
    }

    /// Heads are at most 65,535 bytes long.
    init(_ range: Range<Int>) {
        start = UInt16(range.lowerBound)
        count = UInt16(range.count)
    }

    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
