// SPDX-License-Identifier: Apache-2.0

/// How the simulated network treats datagrams and segments; probabilities per packet.
public struct NetworkConditions: Sendable {
    /// Delay every packet has, one way.
    public var delay = Duration.microseconds(200)
    /// Mean of the exponential part on top.
    public var jitter = Duration.microseconds(300)
    /// What a packet between two regions has on top, one way.
    public var wideDelay = Duration.milliseconds(60)
    public var datagramLoss = 0.0
    /// Loss of segments under streams; they come again after 200 ms or, at the start, 1 s.
    public var segmentLoss = 0.0
    public var duplication = 0.0
    /// A reordered datagram is late by up to 50 ms.
    public var reordering = 0.0
    public var corruption = 0.0
    /// Chance, at each sending, that an old captured datagram is sent to its receiver again.
    public var replay = 0.0
    /// Longest datagram the path carries, without IP and UDP.
    public var mtu = 1472

    public init() {}

    /// Bytes of IPv4 and UDP that each datagram costs beside its own.
    static let datagramHeader = 28
    /// Bytes of IPv4 and TCP that a segment costs, with its acknowledgement.
    static let segmentHeader = 80
}
