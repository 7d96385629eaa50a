// SPDX-License-Identifier: Apache-2.0
public import Core

/// Keeps a message that repeats from filling the log: a few at first, then one per interval.
public struct LogThrottle: Sendable {
    private let burst: Int
    private let interval: Duration
    private var left: Int
    private var windowEnd = Instant(nanoseconds: .min)
    private var suppressed = 0

    /// Lets `burst` messages through in each interval.
    public init(burst: Int = 3, per interval: Duration = .seconds(10)) {
        precondition(burst > 0)
        self.burst = burst
        self.interval = interval
        left = burst
    }

    /// How many were kept back since the last one let through; nil when this one is kept back.
    public mutating func admit(at now: Instant) -> Int? {
        if now >= windowEnd {
            windowEnd = now + interval
            left = burst
        }
        guard left > 0 else {
            suppressed += 1
            return nil
        }
        left -= 1
        defer { suppressed = 0 }
        return suppressed
    }
}
