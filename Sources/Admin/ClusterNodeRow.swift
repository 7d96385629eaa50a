// SPDX-License-Identifier: Apache-2.0

/// One node of the cluster as it describes itself, or why it did not.
public struct ClusterNodeRow: Sendable {
    /// Empty in the row of a region of which nobody answered.
    public var name: String
    public var region = ""
    /// Nil when it answered.
    public var fault: MemberFault?
    public var version = ""
    public var isDraining = false
    public var uptime = Duration.zero
    public var connections = 0
    public var exchanges = 0
    public var generation = 0

    public init(name: String) { self.name = name }
}
