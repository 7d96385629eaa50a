// SPDX-License-Identifier: Apache-2.0
internal import Core

/// All records of a node by uid, with the live peers as a list and the digest kept up to date.
///
/// Order of iteration is the order of arrival (with swaps on removal), the same in every replay.
struct MemberTable: Sendable {
    private(set) var members: [Member] = []
    /// Live peers (alive or suspect, never the node itself), in no meaningful order.
    private(set) var peers: [MemberID] = []
    private(set) var digest = Digest()
    private var slots = MemberIndex()
    private var names: [String: MemberID] = [:]
    private let selfID: MemberID

    init(selfRecord: Member) {
        selfID = selfRecord.id
        insert(selfRecord)
    }

    var count: Int { members.count }

    func slot(of id: MemberID) -> Int? { slots[id] }

    subscript(id: MemberID) -> Member? { slots[id].map { members[$0] } }

    /// The uid that holds a name: the one with the latest boot.
    func holder(ofName name: String) -> MemberID? { names[name] }

    mutating func claimName(_ name: String, for id: MemberID) { names[name] = id }

    mutating func insert(_ member: Member) {
        precondition(slots[member.id] == nil, "a uid has one record")
        slots.set(member.id, to: members.count)
        members.append(member)
        digest.toggle(member.fingerprint, of: member.id.rawValue)
        updatePeers(members.count - 1)
    }

    /// Changes the record in `slot` in place, and the digest and the live peers with it.
    mutating func update(_ slot: Int, _ change: (inout Member) -> Void) {
        let id = members[slot].id
        let before = members[slot].fingerprint
        change(&members[slot])
        let after = members[slot].fingerprint
        if before != after {
            digest.toggle(before, of: id.rawValue)
            digest.toggle(after, of: id.rawValue)
        }
        updatePeers(slot)
    }

    /// Notes an answered probe: nothing that the digest or the peers depend on.
    mutating func noteAck(_ slot: Int, now: Instant, roundTrip: Duration, health: UInt8) {
        members[slot].lastAck = now
        members[slot].roundTrip = roundTrip
        members[slot].health = health
    }

    mutating func remove(_ id: MemberID) {
        guard let slot = slots[id] else { return }
        precondition(id != selfID, "a node keeps its own record")
        update(slot) { $0.standing = Standing(.dead, .final) }  // leaves the live peers
        digest.toggle(members[slot].fingerprint, of: id.rawValue)
        if let name = members[slot].profile?.name, names[name] == id { names[name] = nil }
        slots.remove(id)
        let last = members.removeLast()
        if last.id != id {
            members[slot] = last
            slots.set(last.id, to: slot)
        }
    }

    private mutating func updatePeers(_ slot: Int) {
        let member = members[slot]
        let belongs = member.isLive && member.id != selfID && member.profile != nil
        let position = Int(member.livePosition)
        if belongs, position < 0 {
            members[slot].livePosition = Int32(peers.count)
            peers.append(member.id)
        } else if !belongs, position >= 0 {
            members[slot].livePosition = -1
            let moved = peers.removeLast()
            if moved != member.id {
                peers[position] = moved
                // '!': every live peer has a record.
                members[slots[moved]!].livePosition = Int32(position)
            }
        }
    }
}
