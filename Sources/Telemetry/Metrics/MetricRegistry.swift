// SPDX-License-Identifier: Apache-2.0
public import Core
internal import Synchronization

/// All metrics of the process: which series there are, and the workers' cells behind them.
///
/// The cells of a series have the same place in every worker's rows. A worker counts in its own
/// rows without asking anybody; the reader sums over all of them. Series are added when a worker
/// meets a new set of label values. These are words of the code or configured names, so there
/// cannot be many; beyond a limit per family the values become `other`.
public final class MetricRegistry: Sendable {
    /// Cells of one row; rows are added as series come.
    static let rowLength = 1_024
    /// Series of one family.
    static let seriesLimit = 2_000
    static let targetLimit = 1_000

    struct State {
        var families: [MetricFamily] = []
        /// In the order of families.
        var series: [[MetricSeries]] = []
        var familyIndexes: [String: Int] = [:]
        var known: [String: Int] = [:]
        var nextCell = 0
        /// For each worker its rows.
        var rows: [[CounterCells]] = []
        var targets: [TargetLabels] = []
        var targetIndexes: [TargetLabels: Int] = [:]
    }

    private let state = Mutex(State())
    let startedAt: Timestamp
    let version: String

    public init(startedAt: Timestamp, version: String) {
        self.startedAt = startedAt
        self.version = version
    }

    /// The cells of one more worker, to be used on its thread only.
    public func makeWorkerMetrics() -> WorkerMetrics {
        let worker = state.withLock { state in
            state.rows.append([])
            return state.rows.count - 1
        }
        return WorkerMetrics(registry: self, worker: worker)
    }

    /// The cells of the cluster, to be used on the control loop only.
    public func makeClusterMetrics() -> ClusterMetrics {
        let place = state.withLock { state in
            state.rows.append([])
            return state.rows.count - 1
        }
        return ClusterMetrics(registry: self, place: place)
    }

    /// Gives a configured target its number.
    public func register(_ target: TargetLabels) -> TargetID {
        state.withLock { state in
            if let index = state.targetIndexes[target] { return TargetID(index: index) }
            let isFull = state.targets.count >= Self.targetLimit
            let labels =
                isFull
                ? TargetLabels(target: "other", provider: "other", model: "other") : target
            if isFull, let index = state.targetIndexes[labels] { return TargetID(index: index) }
            state.targets.append(labels)
            state.targetIndexes[labels] = state.targets.count - 1
            return TargetID(index: state.targets.count - 1)
        }
    }

    func labels(of target: TargetID) -> TargetLabels {
        state.withLock { $0.targets[target.index] }
    }

    /// The first cell of a series; makes the series if it is new.
    func cell(of family: MetricFamily, _ labels: [String]) -> Int {
        precondition(labels.count == family.labels.count, "labels do not fit \(family.name)")
        return state.withLock { $0.cell(of: family, labels) }
    }

    /// Every row of a worker up to the one that holds a cell.
    func rows(of worker: Int, upTo cell: Int) -> [CounterCells] {
        state.withLock { state in
            while state.rows[worker].count <= cell / Self.rowLength {
                state.rows[worker].append(CounterCells(count: Self.rowLength))
            }
            return state.rows[worker]
        }
    }

    /// What a reader needs; the cells are read afterwards, without the lock.
    func view() -> State { state.withLock { $0 } }
}

extension MetricRegistry.State {
    mutating func cell(of family: MetricFamily, _ labels: [String]) -> Int {
        let index = index(of: family)
        // No label value holds this control character: it comes from the code or a checked name.
        let key = "\(family.name)\u{1F}\(labels.joined(separator: "\u{1F}"))"
        if let cell = known[key] { return cell }
        if series[index].count >= MetricRegistry.seriesLimit {
            let other = labels.map { _ in "other" }
            if labels != other { return cell(of: family, other) }
        }
        let rowLength = MetricRegistry.rowLength
        // A series lies within one row.
        if nextCell % rowLength + family.cellCount > rowLength {
            nextCell += rowLength - nextCell % rowLength
        }
        let cell = nextCell
        nextCell += family.cellCount
        series[index].append(MetricSeries(labels: labels, cell: cell))
        known[key] = cell
        return cell
    }

    private mutating func index(of family: MetricFamily) -> Int {
        let name = family.name.description
        if let index = familyIndexes[name] { return index }
        families.append(family)
        series.append([])
        familyIndexes[name] = families.count - 1
        return families.count - 1
    }

    /// The sum of a cell over all workers.
    func sum(_ cell: Int) -> UInt64 {
        let (row, place) = cell.quotientAndRemainder(dividingBy: MetricRegistry.rowLength)
        return rows.reduce(0) { $1.indices.contains(row) ? $0 &+ $1[row][place] : $0 }
    }
}
