// SPDX-License-Identifier: Apache-2.0

/// Hybrid logical clock at a process start: wall milliseconds, lifted above what the cluster knows.
///
/// Of two processes with one name the later boot is the real one (a pod that was replaced).
public struct BootTime: Sendable, Hashable, Comparable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The boot time of a process that starts at `milliseconds` and must follow `floor`.
    public init(milliseconds: UInt64, after floor: BootTime = BootTime(rawValue: 0)) {
        rawValue = max(milliseconds << 16, floor.rawValue &+ 1)
    }

    public static func < (left: BootTime, right: BootTime) -> Bool {
        left.rawValue < right.rawValue
    }
}
