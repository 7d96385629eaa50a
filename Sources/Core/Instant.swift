// SPDX-License-Identifier: Apache-2.0

/// A point on the monotonic clock, in nanoseconds; taken once per tick and passed in.
public struct Instant: Sendable, Hashable, Comparable {
    public var nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Later than every deadline.
    public static let distantFuture = Instant(nanoseconds: .max)

    @inlinable public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at `distantFuture`.
    @inlinable public static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return overflow ? .distantFuture : Instant(nanoseconds: sum)
    }

    @inlinable public static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds, saturating after 292 years.
    ///
    /// Costs two 128-bit divisions: on a hot path add `Nanoseconds`, converted once.
    @inlinable public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : scaled &+ attoseconds / 1_000_000_000
    }

    @inlinable public var microseconds: Int64 { nanoseconds / 1_000 }
    @inlinable public var milliseconds: Int64 { nanoseconds / 1_000_000 }
}

/// A point on the wall clock, in nanoseconds since 1970; for records and headers only.
public struct Timestamp: Sendable, Hashable {
    public var nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable public var seconds: Int64 { nanoseconds / 1_000_000_000 }
}
