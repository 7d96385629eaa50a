// SPDX-License-Identifier: Apache-2.0

/// A host name or IP literal with a port, as written in configurations and URLs.
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
    /// Lower case, without brackets and without the root's trailing dot.
    public let host: String
    public let port: UInt16

    /// Normalises the host and trusts it otherwise; for text from outside there is `init(_:)`.
    public init(host: some StringProtocol, port: UInt16) {
        var name = host.lowercased()
        if name.hasSuffix("."), name.utf8.count > 1 { name.removeLast() }
        self.host = name
        self.port = port
    }

    /// Reads `HOST:PORT` or `[V6]:PORT` (RFC 3986 §3.2); `defaultPort` makes the port optional.
    public init?(_ text: some StringProtocol, defaultPort: UInt16? = nil) {
        let bytes = Array(text.utf8)
        let bracketed = bytes.first == UInt8(ascii: "[")
        let hostEnd: Int
        if bracketed {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostEnd = close + 1
        } else {
            hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
        }
        let name = bracketed ? bytes[1..<hostEnd - 1] : bytes[..<hostEnd]
        guard HostPort.isAcceptable(name, bracketed: bracketed) else { return nil }
        if hostEnd == bytes.count {
            guard let defaultPort else { return nil }
            self.init(host: String(decoding: name, as: UTF8.self), port: defaultPort)
            return
        }
        guard bytes[hostEnd] == UInt8(ascii: ":"),
            let port = HostPort.port(bytes[(hostEnd + 1)...])
        else { return nil }
        self.init(host: String(decoding: name, as: UTF8.self), port: port)
    }

    /// The address when the host is an IP literal, without any look-up.
    public var address: SocketAddress? { SocketAddress(literal: host, port: port) }

    public var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Letters, digits, dot, hyphen, underscore in names (at most 253); IPv6 text in brackets.
    private static func isAcceptable(_ name: ArraySlice<UInt8>, bracketed: Bool) -> Bool {
        guard !name.isEmpty, name.count <= 253 else { return false }
        if bracketed {
            let text = String(decoding: name, as: UTF8.self)
            return SocketAddress(literal: text, port: 0)?.family == .v6
        }
        return name.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard !digits.isEmpty, digits.count <= 5 else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard digit &- 0x30 < 10 else { return nil }
            value = value * 10 + UInt32(digit &- 0x30)
        }
        return UInt16(exactly: value)
    }
}
