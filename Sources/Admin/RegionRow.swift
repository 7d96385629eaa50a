// SPDX-License-Identifier: Apache-2.0

/// One region in a few words; of another one, what its bridges last said.
public struct RegionRow: Sendable {
    public var name: String
    public var isReachable = true
    public var alive = 0
    public var suspect = 0
    public var draining = 0
    /// Names of its bridges.
    public var bridges: [String] = []
    /// Time since it told of its members; nil in the own region, and when it never did.
    public var knownFor: Duration?
    /// Why it could not be asked for them the last time.
    public var fault: MemberFault?

    public init(name: String) { self.name = name }
}
