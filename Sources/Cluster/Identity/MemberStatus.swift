// SPDX-License-Identifier: Apache-2.0

/// What a node believes of a member.
public enum MemberStatus: UInt8, Sendable, Hashable, CaseIterable {
    /// Answers probes. Successors: suspect, dead, left.
    case alive = 0
    /// Missed a probe and may refute. Successors: alive (higher incarnation), dead, left.
    case suspect = 1
    /// Did not refute in time. Successors: alive (higher incarnation), left.
    case dead = 2
    /// Said good-bye; final for its uid.
    case left = 3

    /// Place in the order of records of one incarnation; dead and left are equals.
    public var rank: UInt8 { min(rawValue, 2) }

    public var label: StaticString {
        switch self {
        case .alive: "alive"
        case .suspect: "suspect"
        case .dead: "dead"
        case .left: "left"
        }
    }
}
