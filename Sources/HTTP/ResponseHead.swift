// SPDX-License-Identifier: Apache-2.0
public import Core

/// A response's status line and fields, checked and owned; parts are slices of one block.
public struct ResponseHead: Sendable {
    public let fields: FieldTable
    /// 200 to 599; informational responses are events of their own.
    public let status: Int
    public let version: HTTPVersion
    public let framing: BodyFraming
    /// Whether the connection may carry another request after this response.
    public let keepAlive: Bool
    let reasonPart: HeadPart

    /// The head as received, final empty line included.
    public var bytes: Bytes { fields.head }

    /// The reason phrase as sent; often empty, never to be relied on.
    public var reason: Bytes { fields.slice(reasonPart.range) }

    /// Judges a scanned head as a whole; `bytes` are exactly those of the head.
    init(
        _ bytes: Span<UInt8>, line: borrowing StatusLineScanner,
        scanner: borrowing FieldScanner, method: HTTPMethod
    ) throws(HTTPFault) {
        let table = FieldTable(head: bytes, scanner: scanner)
        let isHTTP11 = line.version == .http11
        let status = line.status
        let declared = try FramingRules.framing(
            of: table, repeated: scanner.repeated, isHTTP11: isHTTP11, otherwise: .untilClose)
        self.status = status
        version = line.version
        reasonPart = HeadPart(line.reason)
        // RFC 9112 section 6.3, rule 1.
        let hasNoBody = method == .head || status == 204 || status == 304
        framing = hasNoBody ? .none : declared
        keepAlive = framing != .untilClose && FramingRules.keepAlive(table, isHTTP11: isHTTP11)
        // Last, where the table is moved and not copied.
        fields = table
    }
}
