// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Core

/// The only place that reads clocks; everything else is given the time.
public enum SystemClock {
    public static func monotonic() -> Instant { Instant(nanoseconds: apus_monotonic_ns()) }
    public static func wall() -> Timestamp { Timestamp(nanoseconds: apus_realtime_ns()) }
}
