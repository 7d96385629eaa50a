// SPDX-License-Identifier: Apache-2.0
import Core

extension RequestHead {
    /// Judges a scanned head as a whole; `bytes` are exactly those of the head.
    init(
        _ bytes: Span<UInt8>, line: borrowing RequestLineScanner,
        scanner: borrowing FieldScanner
    ) throws(HTTPFault) {
        let table = FieldTable(head: bytes, scanner: scanner)
        let host = try Self.host(table, scanner, version: line.version)
        let target = try TargetParts(bytes, line: line)
        method = HTTPMethod(bytes.extracting(0..<line.methodEnd))
        version = line.version
        targetForm = target.form
        methodEnd = UInt8(line.methodEnd)
        targetPart = HeadPart(line.target)
        pathPart = HeadPart(target.path)
        queryPart = target.query.map { HeadPart($0) } ?? HeadPart()
        authorityPart = HeadPart(target.authority ?? host)
        let isHTTP11 = line.version == .http11
        framing = try FramingRules.framing(
            of: table, repeated: scanner.repeated, isHTTP11: isHTTP11, otherwise: .none)
        keepAlive = FramingRules.keepAlive(table, isHTTP11: isHTTP11)
        let expects = try Self.expectsContinue(table)
        expectsContinue = expects && isHTTP11 && framing.hasBody
        // Last, where the table is moved and not copied.
        fields = table
    }

    /// Where the value of Host lies; RFC 9112 section 3.2 wants exactly one, and a valid one.
    private static func host(
        _ table: FieldTable, _ scanner: borrowing FieldScanner, version: HTTPVersion
    ) throws(HTTPFault) -> Range<Int> {
        guard scanner.repeated & KnownField.host.bit == 0 else { throw .repeatedHost }
        guard let index = table.firstIndex(of: KnownField.host) else {
            guard version == .http10 else { throw .missingHost }
            return 0..<0
        }
        let value = table.valueSpan(at: index)
        for position in value.indices where !TargetParts.isAuthorityByte(value[position]) {
            throw .invalidHost
        }
        return table.entry(index).value
    }

    /// RFC 9110 section 10.1.1: expectations other than 100-continue may be answered with 417.
    private static func expectsContinue(_ table: FieldTable) throws(HTTPFault) -> Bool {
        guard var index = table.firstIndex(of: KnownField.expect) else { return false }
        while true {
            guard table.valueSpan(at: index).equalsIgnoringCase("100-continue") else {
                throw .unmetExpectation
            }
            guard let next = table.firstIndex(of: .expect, from: index + 1) else { return true }
            index = next
        }
    }
}

/// The parts of a request target, by its form.
struct TargetParts {
    private(set) var form = TargetForm.origin
    private(set) var path: Range<Int>
    private(set) var query: Range<Int>?
    private(set) var authority: Range<Int>?

    init(_ bytes: Span<UInt8>, line: borrowing RequestLineScanner) throws(HTTPFault) {
        let target = line.target
        let pathEnd = line.question ?? target.upperBound
        path = target.lowerBound..<pathEnd
        query = line.question.map { $0 + 1..<target.upperBound }
        let isConnect = bytes.extracting(0..<line.methodEnd).equals("CONNECT")
        if isConnect {
            try becomeAuthority(bytes, target)
        } else if bytes[target.lowerBound] != UInt8(ascii: "/") {
            let isOptions = bytes.extracting(0..<line.methodEnd).equals("OPTIONS")
            if isOptions, bytes.extracting(target).equals("*") {
                form = .asterisk
            } else {
                try becomeAbsolute(bytes, target, pathEnd: pathEnd)
            }
        }
    }

    /// RFC 9112 section 3.2.3: host and port, nothing else.
    private mutating func becomeAuthority(
        _ bytes: Span<UInt8>, _ target: Range<Int>
    ) throws(HTTPFault) {
        form = .authority
        query = nil
        path = target
        authority = target
        var hasColon = false
        for position in target {
            guard Self.isAuthorityByte(bytes[position]) else { throw .invalidTarget }
            hasColon = hasColon || bytes[position] == UInt8(ascii: ":")
        }
        guard hasColon else { throw .invalidTarget }
    }

    /// RFC 9112 section 3.2.2; the authority counts, and Host is ignored.
    private mutating func becomeAbsolute(
        _ bytes: Span<UInt8>, _ target: Range<Int>, pathEnd: Int
    ) throws(HTTPFault) {
        let start = target.lowerBound
        var schemeEnd = start
        while schemeEnd < pathEnd, bytes[schemeEnd] != UInt8(ascii: ":") { schemeEnd += 1 }
        let scheme = bytes.extracting(start..<schemeEnd)
        guard scheme.equalsIgnoringCase("http") || scheme.equalsIgnoringCase("https"),
            bytes.extracting(schemeEnd..<pathEnd).hasPrefix("://")
        else { throw .invalidTarget }
        let hostStart = schemeEnd + 3
        var hostEnd = hostStart
        while hostEnd < pathEnd, bytes[hostEnd] != UInt8(ascii: "/") {
            guard Self.isAuthorityByte(bytes[hostEnd]) else { throw .invalidTarget }
            hostEnd += 1
        }
        guard hostEnd > hostStart else { throw .invalidTarget }
        form = .absolute
        authority = hostStart..<hostEnd
        // An empty path means "/": the last slash of "://" lends its place.
        path = hostEnd < pathEnd ? hostEnd..<pathEnd : hostStart - 1..<hostStart
    }

    /// uri-host and port of RFC 3986 section 3.2.2 without user information.
    static func isAuthorityByte(_ byte: UInt8) -> Bool {
        // Letters, digits, "-._~", sub-delims "!$&'()*+,;=", "%", ":", "[", "]".
        let members: UInt64 = byte < 64 ? 0x2FFF_7FF2_0000_0000 : 0x47FF_FFFE_AFFF_FFFE
        return byte < 128 && members >> UInt64(byte & 63) & 1 == 1
    }
}
