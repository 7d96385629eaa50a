// SPDX-License-Identifier: Apache-2.0
internal import CLinux

extension SocketAddress {
    /// An IPv4 address as `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2); any other address as it is.
    public var mapped: SocketAddress {
        guard family == .v4 else { return self }
        let (high, low) = words
        return SocketAddress(v6High: high, low: low, port: port)
    }

    /// The sixteen bytes of the IPv6 form as two numbers, IPv4 mapped into it.
    public var words: (high: UInt64, low: UInt64) {
        family == .v6 ? (high, low) : (0, 0xFFFF_0000_0000 | low)
    }

    /// The address that `words` gave; a mapped one becomes IPv4 again.
    public init(high: UInt64, low: UInt64, port: UInt16) {
        self = SocketAddress(v6High: high, low: low, port: port).unmapped
    }

    /// The same host with another port.
    public func with(port: UInt16) -> SocketAddress {
        var copy = self
        copy.port = port
        return copy
    }

    /// The address that this machine would use to reach `peer`; nothing is sent to find out.
    public static func local(towards peer: SocketAddress) -> SocketAddress? {
        let descriptor = apus_datagram_socket(peer.domain)
        guard descriptor >= 0 else { return nil }
        defer { _ = CLinux.close(descriptor) }
        let result = unsafe peer.withSockAddr { unsafe apus_connect(descriptor, $0, $1) }
        guard result == 0 else { return nil }
        return unsafe SocketAddress.filled { unsafe apus_local_address(descriptor, $0, $1) }.address
    }
}
