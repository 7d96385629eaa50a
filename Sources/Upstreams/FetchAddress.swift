// SPDX-License-Identifier: Apache-2.0
public import Core

/// An address that a caller wrote into a request: where to connect, and what to ask for there.
public struct FetchAddress: Sendable, Hashable {
    public let origin: Origin
    /// Path and query as written, without a fragment; begins with `/`.
    public let target: String

    /// Why a text is no address to fetch from.
    public enum Fault: Error, Sendable, Equatable {
        /// No `http://HOST…` or `https://HOST…` of visible ASCII.
        case malformed
        /// It holds a user name, which would be sent to wherever the host leads.
        case hasUser
        /// Segments such as `..`, by which a path leaves the folder that was allowed.
        case hasDotSegment
    }

    /// Reads a URL strictly (RFC 3986): what servers read in different ways is no address.
    public init(parsing bytes: Bytes) throws(Fault) {
        guard bytes.count <= 8192, Self.isPlain(bytes.span) else { throw .malformed }
        let text = bytes.string
        guard let (scheme, rest) = Self.scheme(of: text) else { throw .malformed }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw .hasUser }
        guard let origin = Self.origin(scheme, authority) else { throw .malformed }
        self.origin = origin
        let target = rest[authority.endIndex...].prefix { $0 != "#" }
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
        for segment in path.split(separator: "/") where Self.isDots(segment) {
            throw .hasDotSegment
        }
    }

    /// The path alone.
    public var path: Substring { target.prefix { $0 != "?" } }

    /// Visible ASCII without what never stands in a URL.
    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"):
                return false
            case 0x21..<0x7F: continue
            default: return false
            }
        }
        return true
    }

    private static func scheme(of text: String) -> (Origin.Scheme, Substring)? {
        let head = text.prefix(8).lowercased()
        if head.hasPrefix("https://") { return (.https, text.dropFirst(8)) }
        if head.hasPrefix("http://") { return (.http, text.dropFirst(7)) }
        return nil
    }

    private static func origin(_ scheme: Origin.Scheme, _ authority: Substring) -> Origin? {
        var host = authority
        var port: UInt16 = scheme == .https ? 443 : 80
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        if let colon = authority[(end ?? authority.startIndex)...].firstIndex(of: ":") {
            host = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy(ASCII.isDigit), let number = UInt16(digits), number > 0
            else { return nil }
            port = number
        }
        let name = host.lowercased()
        if name.hasPrefix("[") {
            guard name.hasSuffix("]"), name.utf8.count > 4 else { return nil }
            let literal = name.dropFirst().dropLast()
            guard literal.utf8.allSatisfy({ ASCII.hexValue($0) != nil || $0 == 0x3A || $0 == 0x2E })
            else { return nil }
            return Origin(scheme: scheme, host: String(literal), port: port)
        }
        guard isName(name) else { return nil }
        return Origin(scheme: scheme, host: name, port: port)
    }

    private static func isName(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 253 else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy {
                    ASCII.isDigit($0) || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F
                }
        }
    }

    private static func isDots(_ segment: Substring) -> Bool {
        guard let plain = Bytes(String(segment)).span.percentDecoded else { return true }
        return plain == "." || plain == ".." || plain.span.firstIndex(of: 0x2F) != nil
            || plain.span.firstIndex(of: 0x5C) != nil
    }
}

/// Addresses that may be fetched from: one place and everything below it.
public struct FetchPattern: Sendable, Equatable {
    private let origin: Origin
    private let path: String
    /// Hosts below the name, and not the name itself.
    private let isWildcard: Bool

    /// Reads `https://images.example.com/folder/`, or `https://*.example.com/`; nil for others.
    public init?(_ text: String) {
        var plain = text
        let star = "://*."
        if let place = text.indices.first(where: { text[$0...].hasPrefix(star) }) {
            plain = text[..<place] + "://" + text[text.index(place, offsetBy: star.count)...]
            isWildcard = true
        } else {
            isWildcard = false
        }
        guard !plain.contains("?"), !plain.contains("#"),
            let address = try? FetchAddress(parsing: Bytes(plain))
        else { return nil }
        // A star over a single label would be a whole top-level domain.
        guard !isWildcard || address.origin.host.contains(".") else { return nil }
        origin = address.origin
        path = address.target
    }

    /// Whether an address is below the place: scheme, host and port count, and whole segments.
    public func allows(_ address: FetchAddress) -> Bool {
        guard address.origin.scheme == origin.scheme, address.origin.port == origin.port else {
            return false
        }
        let host = address.origin.host
        guard isWildcard ? host.hasSuffix("." + origin.host) : host == origin.host else {
            return false
        }
        let given = address.path
        guard given.hasPrefix(path) else { return false }
        return path.hasSuffix("/") || given.count == path.count
            || given.dropFirst(path.count).hasPrefix("/")
    }
}
