// SPDX-License-Identifier: Apache-2.0
public import Core

/// How far a node distrusts itself: a score that slows its own probing (Lifeguard IV-A).
public struct LocalHealth: Sendable {
    /// 0 when well; 7 at worst, when probes are eight times slower.
    public private(set) var score = 0
    private var sickSince: Instant?

    public static let worst = 7
    /// From this score on, for `patience`, the node calls itself degraded.
    public static let sickScore = 4
    public static let patience = Duration.seconds(3)

    public init() {}

    mutating func adjust(by change: Int, now: Instant) {
        score = min(max(score + change, 0), Self.worst)
        if score < Self.sickScore {
            sickSince = nil
        } else if sickSince == nil {
            sickSince = now
        }
    }

    /// True when the score has been bad for long enough to tell others.
    public func isDegraded(now: Instant) -> Bool {
        sickSince.map { now - $0 >= Self.patience } ?? false
    }

    /// Periods and waits are stretched by this factor.
    var stretch: Int { 1 + score }
}
