// SPDX-License-Identifier: Apache-2.0
import Glibc
import Upstreams

/// A provider's base address: where it listens, and the path before each operation's own.
struct BaseAddress: Sendable, Equatable {
    var origin: Origin
    /// Begins with `/` and does not end with one; empty when the address has no path.
    var path: String

    /// Why a text is no base address, as the second half of a sentence.
    struct Fault: Error, Equatable {
        var message: String
    }

    /// Reads `http://HOST[:PORT][/PATH]` or `https://…` (RFC 3986, section 3).
    init(parsing text: String) throws(Fault) {
        guard let mark = Self.schemeEnd(of: text) else {
            throw Fault(message: "does not begin with https:// or http://; write it in front")
        }
        let scheme: Origin.Scheme
        switch text[..<mark].lowercased() {
        case "https": scheme = .https
        case "http": scheme = .http
        default: throw Fault(message: "does not begin with https:// or http://")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw Fault(message: "holds a character that an address cannot have")
        }
        let rest = text[text.index(mark, offsetBy: 3)...]
        guard !rest.contains("?"), !rest.contains("#") else {
            throw Fault(message: "holds '?' or '#'; write scheme, host and path only")
        }
        let authority = rest.prefix { $0 != "/" }
        origin = try Self.origin(scheme, authority)
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path = path.dropLast() }
        self.path = String(path)
    }

    private static func schemeEnd(of text: String) -> String.Index? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            return nil
        }
        return colon
    }

    private static func origin(
        _ scheme: Origin.Scheme, _ authority: Substring
    ) throws(Fault) -> Origin {
        guard !authority.contains("@") else {
            throw Fault(message: "holds a user name; put credentials into 'keys' or 'headers'")
        }
        var host = authority
        var port: UInt16 = scheme == .https ? 443 : 80
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        if let colon = authority[(end ?? authority.startIndex)...].lastIndex(of: ":") {
            host = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = UInt16(digits),
                number > 0
            else { throw Fault(message: "has no port from 1 to 65535 after its host") }
            port = number
        }
        return Origin(scheme: scheme, host: try self.host(host), port: port)
    }

    private static func host(_ text: Substring) throws(Fault) -> String {
        if text.hasPrefix("[") {
            let literal = text.dropFirst().dropLast()
            guard text.hasSuffix("]"), ListenAddress.isAddress(literal, family: AF_INET6) else {
                throw Fault(message: "holds brackets without an IPv6 address between them")
            }
            return literal.lowercased()
        }
        guard !text.isEmpty else { throw Fault(message: "has no host") }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isName = text.utf8.count <= 253 && labels.allSatisfy(isLabel)
        guard isName else {
            throw Fault(
                message: "has no valid host; write letters, digits, '-' and '.'"
                    + " (an IPv6 address in brackets)")
        }
        return text.lowercased()
    }

    /// One label of a DNS name (RFC 1123, 2.1), underscores allowed as container networks use them.
    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy {
                $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F
            }
    }
}
