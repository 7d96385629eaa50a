// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The largest count of the last hour; quorums use it, never the count that one side sees now.
struct RecentPeak: Sendable {
    private var peaks: [Int] = Array(repeating: 0, count: 12)
    private var slot: Int64 = 0
    private(set) var largest = 0

    static let slotLength = Duration.seconds(300)

    mutating func note(_ count: Int, now: Instant) {
        let current = now.nanoseconds / Self.slotLength.nanoseconds
        // At most one round of clearing, however long the pause was.
        while slot < current {
            slot = max(slot + 1, current - Int64(peaks.count))
            peaks[place(slot)] = 0
        }
        peaks[place(slot)] = max(peaks[place(slot)], count)
        largest = peaks.max() ?? 0
    }

    private func place(_ slot: Int64) -> Int { Int(slot % Int64(peaks.count)) }
}
