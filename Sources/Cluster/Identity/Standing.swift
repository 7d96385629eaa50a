// SPDX-License-Identifier: Apache-2.0

/// The part of a record that members argue about: an incarnation and a status, totally ordered.
///
/// The greater standing wins wherever two meet, so the order of arrival does not matter:
/// final over not final, then the incarnation, then the rank of the status.
public struct Standing: Sendable, Hashable, Comparable {
    public let incarnation: Incarnation
    public let status: MemberStatus

    public init(_ status: MemberStatus, _ incarnation: Incarnation) {
        self.incarnation = incarnation
        self.status = status
    }

    /// The standing of a process whose name a later process has taken.
    public static let replaced = Standing(.dead, .final)

    /// True when its subject can no longer refute it: it left, or was replaced.
    public var isFinal: Bool { status == .left || incarnation == .final }

    /// True for alive and suspect: members that are probed, gossiped to and counted.
    public var isLive: Bool { status == .alive || status == .suspect }

    public static func < (left: Standing, right: Standing) -> Bool {
        if left.isFinal != right.isFinal { return right.isFinal }
        if left.incarnation != right.incarnation { return left.incarnation < right.incarnation }
        return left.status.rawValue < right.status.rawValue
    }
}
