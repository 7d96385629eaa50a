// SPDX-License-Identifier: Apache-2.0
public import Core

/// A decaying penalty for each death of one uid, which keeps it from ownership (after RFC 2439).
///
/// A death adds 1; the penalty halves in ten minutes. Three deaths within ten minutes reach 2 and
/// keep the uid out of ownership and bridge roles for 60 s, while it stays a member.
public struct FlapDamping: Sendable {
    private var penalty = 0.0
    private var updatedAt = Instant(nanoseconds: 0)
    private var until: Instant?

    public static let halfLife = Duration.seconds(600)
    /// Three evenly spaced deaths in one half-life leave 1 + 0.71 + 0.5; two leave less than 2.
    public static let threshold = 2.0
    public static let hold = Duration.seconds(60)

    public init() {}

    mutating func noteDeath(now: Instant) {
        penalty = decayed(now: now) + 1
        updatedAt = now
        if penalty > Self.threshold { until = now + Self.hold }
    }

    /// True while the member must not own anything.
    public func isDamped(now: Instant) -> Bool { until.map { now < $0 } ?? false }

    /// The penalty as of `now`.
    public func decayed(now: Instant) -> Double {
        let halves = Double((now - updatedAt).nanoseconds) / Double(Self.halfLife.nanoseconds)
        guard halves < 60 else { return 0 }
        // 2^-h by whole halves and a chord within one: at most 6 % above the curve.
        let whole = Double(sign: .plus, exponent: -Int(halves), significand: 1)
        return penalty * whole * (1 - (halves - Double(Int(halves))) / 2)
    }
}
