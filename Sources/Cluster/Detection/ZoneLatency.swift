// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Round trips per zone: the slowest of the last one to two hundred answers stands for the p99.
struct ZoneLatency: Sendable {
    private var zones: [(name: String, window: Window)] = []

    /// Zones told apart; the rest share the last window.
    static let limit = 32

    private struct Window: Sendable {
        var previous: Duration = .zero
        var current: Duration = .zero
        var samples = 0

        mutating func note(_ roundTrip: Duration) {
            current = max(current, roundTrip)
            samples += 1
            if samples >= 100 {
                previous = current
                current = .zero
                samples = 0
            }
        }
    }

    mutating func note(_ roundTrip: Duration, zone: String) {
        if let index = zones.firstIndex(where: { $0.name == zone }) {
            zones[index].window.note(roundTrip)
            return
        }
        if zones.count < Self.limit { zones.append((zone, Window())) }
        zones[zones.count - 1].window.note(roundTrip)
    }

    /// Nearly the slowest round trip to expect; nil before the first answer.
    func slowest(zone: String) -> Duration? {
        let window = zones.first { $0.name == zone }?.window
        return window.map { max($0.previous, $0.current) }
    }
}
