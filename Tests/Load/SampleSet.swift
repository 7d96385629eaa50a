// SPDX-License-Identifier: Apache-2.0
import Core

/// Every duration measured, in nanoseconds: exact where a histogram's buckets are too wide.
///
/// The difference of two medians that lie a few microseconds apart is what a bench asks for; a
/// bucket of Core's histogram is a sixteenth of its value, which would swallow it.
struct SampleSet {
    private static let limit = 20_000_000
    private var values: [Int64] = []

    var count: Int { values.count }

    mutating func record(_ duration: Duration) {
        guard values.count < Self.limit else { return }
        values.append(duration.nanoseconds)
    }

    func summary() -> SampleSummary? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double {
            let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
            return Double(sorted[min(max(rank, 0), sorted.count - 1)]) / 1000
        }
        return SampleSummary(
            count: sorted.count, mean: Double(sorted.reduce(0, +)) / Double(sorted.count) / 1000,
            p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), p999: quantile(0.999),
            max: quantile(1))
    }
}

/// Quantiles in microseconds.
struct SampleSummary {
    var count: Int
    var mean: Double
    var p50: Double
    var p90: Double
    var p99: Double
    var p999: Double
    var max: Double

    /// The figures with their names, in the order of a table.
    var figures: [(name: StaticString, value: Double)] {
        [
            ("mean", mean), ("p50", p50), ("p90", p90), ("p99", p99), ("p999", p999), ("max", max),
        ]
    }
}
