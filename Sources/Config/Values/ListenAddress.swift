// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An address to listen on: an IP address literal and a port.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// Without brackets.
    public var host: String
    public var port: UInt16

    /// Why a text is no address, as the second half of a sentence that begins with the text.
    struct Fault: Error, Equatable {
        var message: String
    }

    /// Reads `HOST:PORT`; the host is an IPv4 address, an IPv6 address in brackets or `localhost`.
    init(parsing text: String) throws(Fault) {
        guard let colon = text.lastIndex(of: ":") else {
            throw Fault(message: "has no port; write HOST:PORT, for example 127.0.0.1:8080")
        }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let port = UInt16(digits) else {
            throw Fault(message: "has no port from 0 to 65535 after its last colon")
        }
        self.port = port
        let name = text[..<colon]
        if name == "localhost" {
            host = "127.0.0.1"
        } else if name.isEmpty || name == "*" {
            throw Fault(
                message: "has no address; write 0.0.0.0:\(port) for every network interface,"
                    + " or 127.0.0.1:\(port) for this machine only")
        } else if name.hasPrefix("["), name.hasSuffix("]"),
            Self.isAddress(name.dropFirst().dropLast(), family: AF_INET6)
        {
            host = String(name.dropFirst().dropLast())
        } else if Self.isAddress(name, family: AF_INET) {
            host = String(name)
        } else {
            throw Fault(
                message: "does not begin with an IP address; write 0.0.0.0:\(port),"
                    + " 127.0.0.1:\(port) or [::1]:\(port)")
        }
    }

    /// Whether only this machine can reach the address (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
    public var isLoopback: Bool { Self.isLoopback(host: host) }

    /// The same question for any host name or address literal.
    static func isLoopback(host: String) -> Bool {
        let name = host.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        if isAddress(name[...], family: AF_INET) { return name.hasPrefix("127.") }
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, name, &bytes) == 1 else { return false }
        return withUnsafeBytes(of: bytes) { raw in
            let isOne = raw.dropLast().allSatisfy { $0 == 0 } && raw.last == 1
            let isMapped = raw.prefix(10).allSatisfy { $0 == 0 } && raw[10] == 255 && raw[11] == 255
            return isOne || (isMapped && raw[12] == 127)
        }
    }

    static func isAddress(_ text: Substring, family: Int32) -> Bool {
        var bytes = in6_addr()
        return inet_pton(family, String(text), &bytes) == 1
    }

    /// `HOST:PORT`, with brackets around an IPv6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
