// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a member says about itself; only the subject changes it, and then raises `version`.
public struct MemberProfile: Sendable, Hashable {
    /// Stable name, such as that of the pod; at most `nameLimit` bytes.
    public var name: String
    public var boot: BootTime
    public var address: PeerAddress
    public var region: String
    public var zone: String
    /// Oldest and newest protocol the member speaks.
    public var protocols: ClosedRange<UInt8>
    public var role: UInt8
    public var flags: Flags
    /// Number of this edition; among two profiles of one uid the greater wins.
    public var version: UInt32

    /// Bytes a name, a region or a zone may have.
    public static let nameLimit = 63

    /// What a member announces about its willingness to work.
    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Is about to leave: give it no new work.
        public static let draining = Flags(rawValue: 1)
        /// Judges itself unhealthy: give it no new work, trust no evidence of it.
        public static let degraded = Flags(rawValue: 2)
    }

    public init(
        name: String, boot: BootTime, address: PeerAddress, region: String = "", zone: String = ""
    ) {
        precondition(!name.isEmpty, "a member has a name")
        for text in [name, region, zone] {
            precondition(text.utf8.count <= Self.nameLimit, "a name is at most 63 bytes long")
        }
        self.name = name
        self.boot = boot
        self.address = address
        self.region = region
        self.zone = zone
        protocols = WireVersion.oldest...WireVersion.current
        role = 0
        flags = []
        version = 0
    }

    /// True when the member should get no new work.
    public var isDraining: Bool { !flags.isEmpty }

    func write(to writer: inout ByteWriter) {
        writer.append(varint: UInt64(version))
        writer.append(bigEndian: boot.rawValue)
        address.write(to: &writer)
        writer.append(protocols.lowerBound)
        writer.append(protocols.upperBound)
        writer.append(role)
        writer.append(flags.rawValue)
        for text in [name, region, zone] {
            writer.append(UInt8(text.utf8.count))
            writer.append(text)
        }
    }

    /// Reads a profile; on malformed input the reader has failed and the value means nothing.
    init(from reader: inout ByteReader) {
        let version = reader.varint()
        if version > UInt64(UInt32.max) { reader.fail() }
        self.version = UInt32(truncatingIfNeeded: version)
        boot = BootTime(rawValue: reader.uint64())
        address = PeerAddress(from: &reader)
        let oldest = reader.byte()
        let newest = reader.byte()
        if oldest > newest { reader.fail() }
        protocols = min(oldest, newest)...max(oldest, newest)
        role = reader.byte()
        flags = Flags(rawValue: reader.byte())
        name = Self.readText(&reader)
        region = Self.readText(&reader)
        zone = Self.readText(&reader)
        if name.isEmpty { reader.fail() }
    }

    private static func readText(_ reader: inout ByteReader) -> String {
        let count = Int(reader.byte())
        if count > nameLimit { reader.fail() }
        return reader.text(count)
    }
}
