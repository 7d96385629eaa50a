// SPDX-License-Identifier: Apache-2.0
public import Core

/// A region in a few words: what crosses the wide pool in place of its members.
public struct RegionSummary: Sendable, Hashable {
    public var region: String
    /// Whether a bridge of it is alive in the wide pool.
    public var isReachable = true
    /// Members alive, suspect and draining; the draining are alive as well.
    public var alive = 0
    public var suspect = 0
    public var draining = 0
    /// Names of the nodes that are its bridges, at most `bridgeLimit`.
    public var bridges: [String] = []
    /// Where its bridges answer, at most `bridgeLimit`; only as told by bridges of other regions.
    public var doors: [PeerAddress] = []

    public static let bridgeLimit = 4

    public init(region: String) { self.region = region }

    /// The summary of a region by the view of one of its members.
    public init(region: String, of machine: MembershipMachine) {
        self.region = region
        for member in machine.members {
            switch member.status {
            case .alive: alive += 1
            case .suspect: suspect += 1
            case .dead, .left: continue
            }
            if member.status == .alive, member.profile?.isDraining == true { draining += 1 }
            let key = RecordKey(owner: member.id, key: WidePool.recordKey)
            guard machine.value(of: key) != nil, let name = member.profile?.name else { continue }
            bridges.append(name)
        }
        bridges = Array(bridges.sorted().prefix(Self.bridgeLimit))
    }

    /// At most 415 bytes, which fit into a record.
    public var encoded: Bytes {
        var writer = ByteWriter(capacity: 128)
        writer.append(isReachable ? 1 : 0 as UInt8)
        for count in [alive, suspect, draining] { writer.append(varint: UInt64(count)) }
        Self.write(region, to: &writer)
        let names = bridges.prefix(Self.bridgeLimit)
        writer.append(UInt8(names.count))
        for name in names { Self.write(name, to: &writer) }
        let addresses = doors.prefix(Self.bridgeLimit)
        writer.append(UInt8(addresses.count))
        for address in addresses { address.write(to: &writer) }
        return writer.finish()
    }

    /// Nil for bytes that are no summary; what a newer version appends is ignored.
    public init?(_ bytes: Bytes) {
        var reader = ByteReader(bytes.span)
        isReachable = reader.byte() != 0
        alive = Self.count(&reader)
        suspect = Self.count(&reader)
        draining = Self.count(&reader)
        region = Self.text(&reader)
        for _ in 0..<Self.short(&reader) { bridges.append(Self.text(&reader)) }
        for _ in 0..<Self.short(&reader) { doors.append(PeerAddress(from: &reader)) }
        if reader.failed || region.isEmpty { return nil }
    }

    /// The length of a list of bridges.
    private static func short(_ reader: inout ByteReader) -> Int {
        let count = Int(reader.byte())
        if count > bridgeLimit { reader.fail() }
        return reader.failed ? 0 : count
    }

    private static func write(_ text: String, to writer: inout ByteWriter) {
        writer.append(UInt8(text.utf8.count))
        writer.append(text)
    }

    private static func count(_ reader: inout ByteReader) -> Int {
        Int(clamping: reader.varint())
    }

    private static func text(_ reader: inout ByteReader) -> String {
        let count = Int(reader.byte())
        if count > MemberProfile.nameLimit { reader.fail() }
        return reader.text(count)
    }
}
