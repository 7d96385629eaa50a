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

    public init(name: String) { self.name = name }
}
