// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// The members of a region as one of them sees them, for the other regions.
struct RegionRoster: WireValue, Equatable {
    /// The live ones first, each part in order of name.
    var members: [RosterEntry]

    /// Members told at most, so that the answer fits into a frame.
    static let limit = 4096

    init(_ members: [RosterEntry]) {
        let ordered = members.sorted {
            ($0.isLive ? 0 : 1, $0.name, $0.uid) < ($1.isLive ? 0 : 1, $1.name, $1.uid)
        }
        self.members = Array(ordered.prefix(Self.limit))
    }

    func write(to writer: inout ByteWriter) {
        writer.append(bigEndian: UInt32(members.count))
        for member in members {
            // A newer version appends to an entry, too.
            let bytes = member.encoded
            writer.append(bigEndian: UInt32(bytes.count))
            writer.append(bytes.span)
        }
    }

    init(from reader: inout ByteReader) {
        members = []
        let count = Int(reader.uint32())
        if count > Self.limit { reader.fail() }
        for _ in 0..<count {
            guard !reader.failed else { return }
            let size = Int(reader.uint32())
            guard size <= reader.remaining, let entry = RosterEntry(reader.copy(size)) else {
                reader.fail()
                return
            }
            members.append(entry)
        }
    }
}

/// One member of another region.
struct RosterEntry: WireValue, Equatable {
    var name: String
    var uid: MemberID
    var status: MemberStatus
    var incarnation: UInt64
    var address = ""
    var zone = ""
    var isDraining = false
    var isBridge = false
    var localHealth: UInt8 = 0
    /// Time since the state last changed.
    var age = Duration.zero

    init(name: String, uid: MemberID, status: MemberStatus, incarnation: UInt64) {
        self.name = name
        self.uid = uid
        self.status = status
        self.incarnation = incarnation
    }

    var isLive: Bool { status == .alive || status == .suspect }

    func write(to writer: inout ByteWriter) {
        for text in [name, address, zone] { text.write(to: &writer) }
        writer.append(bigEndian: uid.rawValue)
        writer.append(bigEndian: incarnation)
        writer.append(bigEndian: UInt64(clamping: age.milliseconds))
        writer.append(status.rawValue)
        writer.append((isDraining ? 1 : 0) | (isBridge ? 2 : 0) as UInt8)
        writer.append(localHealth)
    }

    init(from reader: inout ByteReader) {
        name = String(from: &reader)
        address = String(from: &reader)
        zone = String(from: &reader)
        uid = MemberID(rawValue: reader.uint64())
        incarnation = reader.uint64()
        age = .milliseconds(Int64(clamping: min(reader.uint64(), 1 << 48)))
        let status = MemberStatus(rawValue: reader.byte())
        if status == nil { reader.fail() }
        self.status = status ?? .dead
        let flags = reader.byte()
        isDraining = flags & 1 != 0
        isBridge = flags & 2 != 0
        localHealth = reader.byte()
    }
}
