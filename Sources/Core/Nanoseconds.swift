// SPDX-License-Identifier: Apache-2.0

/// A span of time as a plain integer, for what is set or measured with every message.
///
/// `Duration` counts in 128 bits, and each conversion divides twice; one request makes a dozen.
public struct Nanoseconds: Sendable, Hashable, Comparable {
    public var value: Int64

    @inlinable public init(_ value: Int64) { self.value = value }

    @inlinable public init(_ duration: Duration) { value = duration.nanoseconds }

    public static let zero = Nanoseconds(0)

    @inlinable public static func microseconds(_ count: Int64) -> Nanoseconds {
        Nanoseconds(count &* 1_000)
    }

    @inlinable public static func milliseconds(_ count: Int64) -> Nanoseconds {
        Nanoseconds(count &* 1_000_000)
    }

    /// Whole microseconds, rounded down.
    @inlinable public var microseconds: Int64 { value / 1_000 }

    @inlinable public static func < (left: Nanoseconds, right: Nanoseconds) -> Bool {
        left.value < right.value
    }

    @inlinable public static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        Nanoseconds(left.value &+ right.value)
    }
}

extension Instant {
    /// Saturates at `distantFuture`.
    @inlinable public static func + (instant: Instant, span: Nanoseconds) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(span.value)
        return overflow ? .distantFuture : Instant(nanoseconds: sum)
    }

    /// The time from `earlier` to this.
    @inlinable public func since(_ earlier: Instant) -> Nanoseconds {
        Nanoseconds(nanoseconds &- earlier.nanoseconds)
    }
}
