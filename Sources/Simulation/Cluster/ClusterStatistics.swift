// SPDX-License-Identifier: Apache-2.0
public import Cluster
internal import Core

/// What a run of a simulated cluster has counted.
public struct ClusterStatistics: Sendable {
    /// Datagrams sent, and their bytes with IP and UDP headers.
    public internal(set) var datagrams = 0
    public internal(set) var datagramBytes = 0
    /// Bytes of streams with headers and acknowledgements.
    public internal(set) var streamBytes = 0
    public internal(set) var streams = 0
    public internal(set) var events = 0
    /// Time that processes were up, summed over nodes.
    public internal(set) var nodeSeconds = 0.0
    /// Declarations of death about a process that ran.
    public internal(set) var falseDeaths = 0
    /// The same, about a process that had not been stopped, by one that had just been.
    public internal(set) var blamedByStalled = 0
    public internal(set) var suspicions = 0
    public internal(set) var deepestQueue = 0
    public internal(set) var displacements = 0
    public internal(set) var drops: [Int] = Array(
        repeating: 0, count: DropReason.allCases.count)
}

/// A change of a record, as one node saw it.
public struct ClusterObservation: Sendable {
    /// Simulated time since the start.
    public let time: Duration
    /// Index of the node that saw it.
    public let observer: Int
    /// Index of the node it is about, nil for unknown uids.
    public let subject: Int?
    public let change: MemberChange
}
