// SPDX-License-Identifier: Apache-2.0

/// Which addresses may be connected to when the name came from somebody else.
///
/// A name that a caller chose can stand for anything; what is judged is therefore the address that
/// is connected to, never the name. Public hosts are permitted, and what was configured.
public struct AddressRule: Sendable, Equatable {
    /// Networks that are permitted although they are not public.
    public var networks: [AddressNetwork]

    public init(networks: [AddressNetwork] = []) { self.networks = networks }

    public func permits(_ address: SocketAddress) -> Bool {
        address.unmapped.isPublic || networks.contains { $0.contains(address) }
    }
}

/// A range of addresses that share their first bits (RFC 4632).
public struct AddressNetwork: Sendable, Equatable {
    private let high: UInt64
    private let low: UInt64
    /// Of the 128 bits of the IPv6 form.
    private let length: Int

    /// Reads `10.0.0.0/8`, `fd00::/8` or one address; bits behind the length must be zero.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = SocketAddress(literal: parts[0], port: 0) else { return nil }
        let bits = address.family == .v4 ? 32 : 128
        var given = bits
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = Int(parts[1]),
                number <= bits
            else { return nil }
            given = number
        }
        length = given + 128 - bits
        (high, low) = address.words
        guard high & ~Self.mask(length) == 0, low & ~Self.mask(length - 64) == 0 else {
            return nil
        }
    }

    public func contains(_ address: SocketAddress) -> Bool {
        let words = address.words
        return words.high & Self.mask(length) == high && words.low & Self.mask(length - 64) == low
    }

    /// The first `bits` of 64.
    private static func mask(_ bits: Int) -> UInt64 {
        bits <= 0 ? 0 : bits >= 64 ? .max : ~(.max >> UInt64(bits))
    }
}

extension SocketAddress {
    /// Whether the address is one host's of the public Internet (RFC 6890 and its registries).
    ///
    /// IPv6 forms that hold an IPv4 address (6to4, Teredo, NAT64) are not, since they lead there.
    public var isPublic: Bool {
        let (high, low) = words
        guard family == .v6 else { return Self.isPublic(v4: UInt32(truncatingIfNeeded: low)) }
        // Global unicast is 2000::/3; all the rest is local, reserved, mapped or translated.
        guard high >> 61 == 1 else { return false }
        let first = high >> 32
        let isTunnel = first == 0x2001_0000 || high >> 48 == 0x2002
        let isDocumentation = first == 0x2001_0DB8 || high >> 44 == 0x3FFF0
        // 2001::/23 is for protocols: benchmarks, ORCHID and the like.
        return !isTunnel && !isDocumentation && high >> 41 != 0x2001_0000 >> 9
    }

    private static func isPublic(v4 address: UInt32) -> Bool {
        !reserved.contains { address >> UInt32(32 - $0.bits) == $0.prefix >> UInt32(32 - $0.bits) }
    }

    private static let reserved: [(prefix: UInt32, bits: Int)] = [
        (0x0000_0000, 8),  // this network
        (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16),  // private
        (0x6440_0000, 10),  // shared by carriers
        (0x7F00_0000, 8),  // loopback
        (0xA9FE_0000, 16),  // link-local, and the metadata of clouds
        (0xC000_0000, 24), (0xC000_0200, 24),  // protocols, documentation
        (0xC058_6300, 24),  // 6to4 relays
        (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24),  // benchmarks, documentation
        (0xE000_0000, 4), (0xF000_0000, 4),  // multicast, reserved, broadcast
    ]
}
