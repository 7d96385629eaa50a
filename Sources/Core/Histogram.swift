// SPDX-License-Identifier: Apache-2.0

/// Counts of values in log-linear buckets: one thread records, any thread takes a snapshot.
///
/// Values up to 32 are exact; above, each octave has 16 buckets, so a bucket is at most 1/16 wide
/// of its value. With microseconds as unit the default range ends at 2³⁰ µs ≈ 1,074 s; whatever is
/// larger counts in the last bucket.
public final class Histogram: Sendable {
    @usableFromInline let cells: CounterCells
    @usableFromInline let largest: UInt64

    /// A histogram for values below 2 to the power of `bits`.
    public init(bits: Int = 30) {
        precondition(bits >= 5 && bits <= 62)
        largest = 1 << UInt64(bits) - 1
        // One more cell for the sum.
        cells = CounterCells(count: Self.bucket(of: largest) + 2)
    }

    /// Counts one value; only the one writer may call this.
    @inlinable public func record(_ value: UInt64) {
        cells.add(at: Self.bucket(of: min(value, largest)))
        cells.add(value, at: cells.count - 1)
    }

    /// What is recorded now; while the writer goes on, counts and sum may differ by a few.
    public func snapshot() -> HistogramSnapshot {
        let buckets = cells.count - 1
        return HistogramSnapshot(
            counts: (0..<buckets).map { cells[$0] }, sum: cells[buckets])
    }

    /// The bucket that holds a value: exponent and the four bits behind the leading one.
    @inlinable static func bucket(of value: UInt64) -> Int {
        guard value >= 16 else { return Int(truncatingIfNeeded: value) }
        let exponent = 63 - value.leadingZeroBitCount
        let mantissa = Int(truncatingIfNeeded: value >> UInt64(exponent - 4)) & 15
        return (exponent - 3) * 16 + mantissa
    }

    /// The smallest value of a bucket.
    static func lowerBound(of bucket: Int) -> UInt64 {
        guard bucket >= 16 else { return UInt64(bucket) }
        return UInt64(16 + bucket % 16) << UInt64(bucket / 16 - 1)
    }
}

/// The counts of one or several histograms at one moment.
public struct HistogramSnapshot: Sendable, Equatable {
    private var counts: [UInt64]
    /// The sum of all values.
    public private(set) var sum: UInt64
    /// How many values there are.
    public private(set) var count: UInt64

    init(counts: [UInt64], sum: UInt64) {
        self.counts = counts
        self.sum = sum
        count = counts.reduce(0, +)
    }

    /// Adds the counts of another histogram of the same range.
    public mutating func merge(_ other: HistogramSnapshot) {
        precondition(counts.count == other.counts.count, "histograms of different ranges")
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
        count += other.count
    }

    /// The value that a share of all values does not exceed, to within 1/16; nil when empty.
    public func quantile(_ share: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let clamped = min(max(share, 0), 1)
        let rank = max(1, UInt64((clamped * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, amount) in counts.enumerated() {
            seen += amount
            if seen >= rank { return Histogram.lowerBound(of: index + 1) - 1 }
        }
        return nil
    }

    /// The mean of all values; nil when empty.
    public var mean: Double? { count == 0 ? nil : Double(sum) / Double(count) }
}
