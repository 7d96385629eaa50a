// SPDX-License-Identifier: Apache-2.0
public import Cluster
internal import Core

/// What a simulated cluster is made of; the seed decides the rest.
public struct ClusterOptions: Sendable {
    public var nodes: Int
    public var zones = 3
    /// Regions with a pool each; above 1, the second half of the nodes are the wide machines of
    /// the first half.
    public var regions = 1
    public var settings = ClusterSettings.region
    public var conditions = NetworkConditions()
    public var seeds = Seeds.all
    /// True when a restarted process listens where the last one did.
    public var keepsAddresses = false
    /// Greatest error of a wall clock.
    public var wallSkew = Duration.milliseconds(500)
    /// Greatest relative error of a monotonic clock's speed.
    public var clockDrift = 100e-6
    /// Keep every observed change of a record.
    public var recordsHistory = false
    /// Ask at each datagram whether accusations are answered; costs a second parse.
    public var checksRefutations = false
    public var ring = KeyRing(
        primary: KeyID(rawValue: 1), rootKey: Secret("the first key of a simulation ..."))

    /// What a look at the seeds finds.
    public enum Seeds: Sendable {
        /// Every pod that exists, as a headless service lists them.
        case all
        /// A fixed list of the first nodes.
        case first(Int)
    }

    public init(nodes: Int) {
        precondition(nodes > 0 && nodes <= 4096)
        self.nodes = nodes
    }
}
