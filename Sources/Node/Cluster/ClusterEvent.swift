// SPDX-License-Identifier: Apache-2.0
public import Cluster

/// What happens in the cluster as this node sees it, for its log; never one per packet.
public enum ClusterEvent: Sendable {
    /// The ports are open; others are told the address advertised.
    case opened(MemberID, bound: String, advertised: String)
    case joined(members: Int)
    /// A member's record changed.
    case member(MemberNote)
    /// A bridge's record changed, as another bridge sees it.
    case bridge(MemberNote)
    /// Whether any bridge of another region answers this one.
    case region(String, isReachable: Bool)
    case degraded(Bool)
    case isolated(Bool)
    /// A seed cannot be looked up.
    case unresolved(seed: String, reason: String)
    /// No seed has answered so far.
    case lonely(seeds: Int)
    /// Something was dropped; `suppressed` more since the last line.
    case dropped(reason: String, from: String, suppressed: Int)
    /// Another process has this node's name; the node goes on as another member, or alone.
    case displaced(by: MemberID, startsAnew: Bool)
    /// A step of a key rotation was done.
    case key(KeyStep, number: UInt8)
    /// A step of a key rotation waits for a member.
    case keyWaits(number: UInt8, member: String)
    /// Good-bye is being said.
    case leaving
    case left

    /// Steps of a key rotation, in order.
    public enum KeyStep: Sendable {
        case installed, used, removed

        public var label: StaticString {
            switch self {
            case .installed: "installed"
            case .used: "used"
            case .removed: "removed"
            }
        }
    }
}

/// A change of one member's record, with names in place of uids.
public struct MemberNote: Sendable {
    public var change: MemberChange
    public var name: String
    public var address: String
    /// Names of those who accused it, the first one first.
    public var accusers: [String]
}
