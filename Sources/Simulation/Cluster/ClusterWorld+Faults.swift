// SPDX-License-Identifier: Apache-2.0
public import Cluster
internal import Core

extension ClusterWorld {
    /// Puts each node on a random side; packets stay on their side.
    public func partition(into sides: Int) {
        note { "partition into \(sides)" }
        for node in members.indices {
            let side = UInt8.random(in: 0..<UInt8(sides), using: &generator)
            network.setSide(side, of: node)
        }
    }

    /// Puts the first `count` nodes on one side, the others on another.
    public func split(first count: Int) {
        note { "split after \(count)" }
        for node in members.indices { network.setSide(node < count ? 0 : 1, of: node) }
    }

    /// Puts node `index` on side `index % sides`.
    public func stripe(into sides: Int) {
        for node in members.indices { network.setSide(UInt8(node % sides), of: node) }
    }

    /// Lets nothing through from one node to another.
    public func cut(from: Int, to: Int) {
        note { "cut \(from) to \(to)" }
        network.cut(from: from, to: to)
    }

    /// Holds packets from one node to another back for a while; they arrive all at once then.
    public func clog(from: Int, to: Int, for duration: Duration) {
        network.clog(from: from, to: to, until: time + duration.nanoseconds)
    }

    /// Ends partitions, cuts and clogs.
    public func heal() {
        note { "heal" }
        network.heal()
    }

    public func setConditions(_ conditions: NetworkConditions) {
        network.conditions = conditions
        if conditions.duplication + conditions.replay > 0 { watchesAcceptance = true }
    }

    public func resumeAll() {
        for node in members.indices { resume(node) }
    }

    /// Ends every fault: the network is clean, the stopped continue, half of the dead restart.
    public func calm() {
        heal()
        setConditions(NetworkConditions())
        resumeAll()
        for node in members.indices where !members[node].isUp && node % 2 == 0 { start(node) }
        if !members.contains(where: \.isUp) { start(0) }
    }

    // MARK: What scenarios ask

    public func isRunning(_ node: Int) -> Bool { members[node].state == .running }

    /// The uid of the process behind a node.
    public func uid(of node: Int) -> MemberID? { members[node].look { $0.id } }

    /// The machine behind a node, to look at.
    public func machine(of node: Int) -> MembershipMachine? { members[node].machine }

    /// The keys of the process behind a node.
    public func keyRing(of node: Int) -> KeyRing? { members[node].gate?.ring }

    /// True when every running node other than `except` holds the uid in one of the states.
    public func everybody(holds uid: MemberID, in states: [MemberStatus]) -> Bool {
        members.allSatisfy { member in
            guard member.state == .running, member.look({ $0.id }) != uid else { return true }
            return states.contains(member.look { $0.member(uid)?.status ?? .left } ?? .left)
        }
    }

    /// True when every running node has a value under the key.
    public func everybody(has key: RecordKey) -> Bool {
        members.allSatisfy { $0.state != .running || $0.look { $0.value(of: key) != nil } == true }
    }

    /// Datagrams dropped at running processes for a reason.
    public func dropCount(_ reason: DropReason) -> Int {
        members.reduce(statistics.drops[Int(reason.rawValue)]) { sum, member in
            sum + (member.gate?.dropCount(reason) ?? 0)
        }
    }
}
