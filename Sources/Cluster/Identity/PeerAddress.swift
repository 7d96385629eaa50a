// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Where a member listens, for datagrams and streams alike: IPv6, or IPv4 mapped into it.
public struct PeerAddress: Sendable, Hashable, Comparable {
    public let high: UInt64
    public let low: UInt64
    public let port: UInt16

    public init(high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
    }

    /// An IPv4 address in host order, mapped (RFC 4291 §2.5.5.2).
    public init(ipv4: UInt32, port: UInt16) {
        self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(ipv4), port: port)
    }

    /// The IPv4 address in host order, if it is one.
    public var ipv4: UInt32? {
        high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
    }

    public static func < (left: PeerAddress, right: PeerAddress) -> Bool {
        (left.high, left.low, left.port) < (right.high, right.low, right.port)
    }

    func write(to writer: inout ByteWriter) {
        writer.append(bigEndian: high)
        writer.append(bigEndian: low)
        writer.append(bigEndian: port)
    }

    init(from reader: inout ByteReader) {
        self.init(high: reader.uint64(), low: reader.uint64(), port: reader.uint16())
    }
}
