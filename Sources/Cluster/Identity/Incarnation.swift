// SPDX-License-Identifier: Apache-2.0

/// How often a member has refuted accusations; only the member itself raises it (SWIM 4.2).
public struct Incarnation: Sendable, Hashable, Comparable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let zero = Incarnation(rawValue: 0)
    /// Nothing follows it: what is said at this incarnation cannot be refuted.
    public static let final = Incarnation(rawValue: .max)
    /// The greatest a member may claim in life; beyond it a record is malformed.
    public static let limit = Incarnation(rawValue: 1 << 56)

    /// True for what a peer may say: ordinary, or final.
    public var isPlausible: Bool { self <= .limit || self == .final }

    public var next: Incarnation { Incarnation(rawValue: rawValue + 1) }

    public static func < (left: Incarnation, right: Incarnation) -> Bool {
        left.rawValue < right.rawValue
    }
}
