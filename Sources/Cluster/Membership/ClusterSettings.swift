// SPDX-License-Identifier: Apache-2.0
internal import Core

/// How fast a pool of members probes, suspects and spreads; equal on all of its members.
public struct ClusterSettings: Sendable {
    /// Time between probes of one node. Lower detects faster and costs bandwidth in proportion.
    public var probePeriod: Duration
    /// Shortest wait for a direct answer; covers a scheduling hiccup at the target.
    public var shortestWait: Duration
    /// Longest wait for a direct answer; leaves the rest of the period to the helpers.
    public var longestWait: Duration
    /// Helpers asked, and random peers told, at a time.
    public var fanOut = 3
    /// Shortest suspicion is this times max(1, log10 N) probe periods (memberlist: 4).
    public var suspicionMultiplier = 4
    /// Longest suspicion is this times the shortest (Lifeguard: 6).
    public var longestSuspicion = 6
    /// Confirmations after which a suspicion is at its shortest.
    public var confirmations = 2
    /// Time between gossip datagrams while there is news.
    public var gossipPeriod: Duration
    /// An item is sent at most this times ⌈log10(N + 1)⌉ times by each node.
    public var retransmitMultiplier = 4
    /// Time between exchanges of digests with a random peer, up to 32 members.
    public var exchangePeriod: Duration
    /// Time between looks at the seeds, for ever; ± 20 %.
    public var rejoinPeriod = Duration.seconds(5)
    /// How long a frame on a stream may take.
    public var streamPatience = Duration.seconds(3)
    /// How long a dead member can still be revived by a higher incarnation.
    public var tombstoneLife = Duration.seconds(24 * 3600)
    /// How long a uid that left or was replaced is remembered.
    public var departureLife = Duration.seconds(600)
    /// Members and tombstones held; beyond it strangers are refused.
    public var memberLimit = 16_384
    /// How long a leaving node still answers.
    public var leaveLinger = Duration.seconds(1)
    /// Faults switched on by tests, to prove that the simulator notices; none by default.
    public var mutations: Mutations = []

    private init(
        period: Duration, wait: ClosedRange<Duration>, gossip: Duration, exchange: Duration
    ) {
        probePeriod = period
        shortestWait = wait.lowerBound
        longestWait = wait.upperBound
        gossipPeriod = gossip
        exchangePeriod = exchange
    }

    /// Members of one region: a crash is known after about 1.5 s.
    public static let region = ClusterSettings(
        period: .milliseconds(250), wait: .milliseconds(100) ... .milliseconds(125),
        gossip: .milliseconds(50), exchange: .seconds(15))

    /// Bridge nodes of several regions.
    public static let wide: ClusterSettings = {
        var settings = ClusterSettings(
            period: .seconds(2), wait: .milliseconds(1000) ... .milliseconds(1000),
            gossip: .milliseconds(250), exchange: .seconds(30))
        settings.fanOut = 4
        settings.suspicionMultiplier = 6
        return settings
    }()

    /// Processes on one machine, for development.
    public static let local: ClusterSettings = {
        var settings = ClusterSettings(
            period: .milliseconds(250), wait: .milliseconds(50) ... .milliseconds(125),
            gossip: .milliseconds(25), exchange: .seconds(5))
        settings.fanOut = 1
        settings.suspicionMultiplier = 3
        return settings
    }()
}
