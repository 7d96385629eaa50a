// SPDX-License-Identifier: Apache-2.0
internal import Core

extension MembershipMachine {
    /// Members seen alive or suspect, this node among them.
    public var liveCount: Int { table.peers.count + 1 }

    /// The largest `liveCount` of the last hour: the only count that a safety rule may use.
    public var largestRecentCount: Int {
        settings.mutations.contains(.countsOneSide) ? liveCount : peak.largest
    }

    /// What this node knows of a member.
    public func member(_ id: MemberID) -> Member? { table[id] }

    /// This node's own record.
    public var own: Member {
        // '!': a node keeps its own record.
        table[id]!
    }

    /// All records by uid, tombstones among them.
    public var members: [Member] { table.members.sorted { $0.id < $1.id } }

    /// Hash of the whole view: equal at two nodes exactly when they believe the same.
    public var digest: Digest { table.digest }
    public var recordDigest: Digest { records.digest }

    /// The boot of a uid, needed to derive its key; nil for strangers and for those who departed.
    public func boot(of id: MemberID) -> BootTime? {
        guard let slot = table.slot(of: id), !table.members[slot].standing.isFinal else {
            return nil
        }
        return table.members[slot].boot
    }

    public var localHealth: LocalHealth { health }
    public var queueDepth: Int { queue.count }
    public var isJoined: Bool { phase == .member || isLeaving }
    /// Whether nobody has answered for so long that this node may be the only one that is up.
    public var isLonely: Bool {
        phase == .joining && joinAttempts > Self.joinPatience && table.peers.isEmpty
    }

    public var hasEnded: Bool { phase == .ended }
}
