// SPDX-License-Identifier: Apache-2.0
public import Core

/// One worker's share of all metrics: it counts here without locks, readers sum up elsewhere.
///
/// Belongs to its worker's thread.
public final class WorkerMetrics {
    private final class CallSeries {
        let input: HistogramID
        let output: HistogramID
        let duration: HistogramID
        let firstToken: HistogramID
        let perToken: HistogramID

        init(_ registry: MetricRegistry, _ labels: [String]) {
            input = WorkerMetrics.histogram(registry, StandardFamilies.tokens, labels + ["input"])
            output = WorkerMetrics.histogram(
                registry, StandardFamilies.tokens, labels + ["output"])
            duration = WorkerMetrics.histogram(registry, StandardFamilies.duration, labels)
            firstToken = WorkerMetrics.histogram(registry, StandardFamilies.firstToken, labels)
            perToken = WorkerMetrics.histogram(registry, StandardFamilies.perToken, labels)
        }
    }

    private let registry: MetricRegistry
    private let worker: Int
    /// The registry owns what they show.
    private var rows: [CounterRow] = []
    private var requests = LabelCache<CounterID>()
    private var attempts = LabelCache<CounterID>()
    private var calls = LabelCache<CallSeries>()
    private let overhead: HistogramID
    private let inflight: CounterID
    private let loopLag: CounterID
    private let unpriced: CounterID
    private let estimated: CounterID
    private let cost: CounterID
    private let recordsDropped: CounterID
    private var inflightCount: UInt64 = 0

    init(registry: MetricRegistry, worker: Int) {
        self.registry = registry
        self.worker = worker
        overhead = Self.histogram(registry, StandardFamilies.overhead, [])
        inflight = Self.counter(registry, StandardFamilies.inflight, [])
        loopLag = Self.counter(registry, StandardFamilies.loopLag, ["\(worker)"])
        unpriced = Self.counter(registry, StandardFamilies.unpriced, [])
        estimated = Self.counter(registry, StandardFamilies.estimated, [])
        cost = Self.counter(registry, StandardFamilies.cost, [])
        recordsDropped = Self.counter(registry, StandardFamilies.recordsDropped, [])
    }

    // MARK: - What happens

    /// An exchange begins; `end` must follow.
    public func begin() {
        inflightCount += 1
        set(inflightCount, inflight)
    }

    /// An exchange that began is over.
    public func end(_ figures: RequestFigures) {
        precondition(inflightCount > 0, "more exchanges ended than began")
        inflightCount -= 1
        set(inflightCount, inflight)
        count(figures)
    }

    /// A request was answered; one that never became an exchange comes here directly.
    public func count(_ figures: RequestFigures) {
        add(1, requestSeries(figures))
        if let time = figures.overhead { record(time, overhead) }
        if let call = figures.call { count(call) }
    }

    /// An attempt is over; the outcome is a word of a closed list.
    public func countAttempt(at target: TargetID, outcome: StaticString) {
        let key = LabelKey(target, outcome)
        if let series = attempts.find(key) { return add(1, series) }
        let name = registry.labels(of: target).target
        let series = Self.counter(
            registry, StandardFamilies.attempts, [name, outcome.description])
        attempts.insert(key, series)
        add(1, series)
    }

    /// Access records that were given up, in total.
    public func setRecordsDropped(_ count: UInt64) { set(count, recordsDropped) }

    /// The longest tick since this was last told.
    public func setLoopLag(_ lag: Nanoseconds) {
        set(UInt64(clamping: lag.microseconds), loopLag)
    }

    private func count(_ call: CallFigures) {
        let series = callSeries(call)
        record(call.duration, series.duration)
        if let time = call.firstToken { record(time, series.firstToken) }
        if let time = call.perToken { record(time, series.perToken) }
        if let tokens = call.inputTokens { record(UInt64(clamping: tokens), series.input) }
        if let tokens = call.outputTokens { record(UInt64(clamping: tokens), series.output) }
        if let amount = call.cost { add(UInt64(clamping: amount.value), cost) }
        if !call.isPriced { add(1, unpriced) }
        if call.isEstimated { add(1, estimated) }
    }

    // MARK: - Series

    private func requestSeries(_ figures: RequestFigures) -> CounterID {
        let key = LabelKey(figures.route, figures.dialect, figures.code)
        if let series = requests.find(key) { return series }
        let labels = [figures.route, figures.dialect, figures.code].map(\.description)
        let series = Self.counter(registry, StandardFamilies.requests, labels)
        requests.insert(key, series)
        return series
    }

    private func callSeries(_ call: CallFigures) -> CallSeries {
        let key = LabelKey(call.target, call.operation)
        if let series = calls.find(key) { return series }
        let target = registry.labels(of: call.target)
        let labels = [call.operation.description, target.provider, target.model]
        let series = CallSeries(registry, labels)
        calls.insert(key, series)
        return series
    }

    private static func counter(
        _ registry: MetricRegistry, _ family: MetricFamily, _ labels: [String]
    ) -> CounterID {
        CounterID(cell: registry.cell(of: family, labels))
    }

    fileprivate static func histogram(
        _ registry: MetricRegistry, _ family: MetricFamily, _ labels: [String]
    ) -> HistogramID {
        guard case .histogram(let bounds) = family.kind else {
            preconditionFailure("\(family.name) is no histogram")
        }
        return HistogramID(cell: registry.cell(of: family, labels), bounds: bounds)
    }

    // MARK: - Cells

    private func add(_ amount: UInt64, _ counter: CounterID) {
        row(of: counter.cell).add(amount, at: counter.cell % MetricRegistry.rowLength)
    }

    private func set(_ value: UInt64, _ gauge: CounterID) {
        row(of: gauge.cell).set(value, at: gauge.cell % MetricRegistry.rowLength)
    }

    private func record(_ duration: Nanoseconds, _ histogram: borrowing HistogramID) {
        record(UInt64(clamping: duration.microseconds), histogram)
    }

    private func record(_ value: UInt64, _ histogram: borrowing HistogramID) {
        // At most sixteen bounds, and most values are among the lower ones: no binary search.
        var bucket = 0
        let last = histogram.bounds.count
        while bucket < last, value > histogram.bounds[bucket] { bucket += 1 }
        let row = row(of: histogram.cell)
        let place = histogram.cell % MetricRegistry.rowLength
        row.add(at: place + bucket)
        row.add(value, at: place + last + 1)
    }

    private func row(of cell: Int) -> CounterRow {
        let index = cell / MetricRegistry.rowLength
        if index >= rows.count { rows = registry.rows(of: worker, upTo: cell).map(CounterRow.init) }
        return rows[index]
    }
}
