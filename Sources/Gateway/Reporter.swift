// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
public import Reactor
public import Telemetry

/// What one worker tells the world of its exchanges: counters and access records.
///
/// Records leave in batches: when enough have come, and otherwise once a second.
public final class Reporter: EventHandler {
    private static let flushInterval = Nanoseconds(.seconds(1))

    let registry: MetricRegistry
    private let metrics: WorkerMetrics
    private let records: AccessLogSink
    private let loop: EventLoop

    /// Records go to `destination`, nowhere when it is nil.
    public init(
        loop: EventLoop, registry: MetricRegistry, destination: LogDescriptor?, snapshot: Snapshot
    ) {
        self.loop = loop
        self.registry = registry
        metrics = registry.makeWorkerMetrics()
        records = AccessLogSink(to: destination, origin: Self.origin(snapshot))
        self.destination = destination
        super.init()
        scheduleFlush()
    }

    private let destination: LogDescriptor?
    private var isBatchDue = false

    private enum TimerKind {
        static let second: UInt32 = 0
        static let batch: UInt32 = 1
    }

    private static func origin(_ snapshot: Snapshot) -> AccessOrigin {
        AccessOrigin(node: snapshot.node.name, generation: snapshot.generation)
    }

    func apply(_ snapshot: Snapshot) {
        records.redirect(to: destination, origin: Self.origin(snapshot))
    }

    // MARK: - Flushing

    private func scheduleFlush() {
        _ = loop.schedule(at: loop.now + Self.flushInterval, self, kind: TimerKind.second)
    }

    /// A batch is due, or another second is over.
    override public func onTimer(_ kind: UInt32) {
        if kind == TimerKind.batch {
            isBatchDue = false
            return records.flush()
        }
        flush()
        scheduleFlush()
    }

    /// A batch is written when the answers of this tick have left: none of them waits for a disk.
    func append(_ record: borrowing AccessRecord) {
        records.append(record)
        guard records.isDue, !isBatchDue else { return }
        isBatchDue = true
        loop.callAtEndOfTick(self, kind: TimerKind.batch)
    }

    /// Writes out what waits; call it a last time before the worker ends.
    public func flush() {
        records.flush()
        metrics.setRecordsDropped(records.droppedCount)
        metrics.setLoopLag(loop.takeLongestTick())
    }

    // MARK: - Exchanges

    func onBegin() { metrics.begin() }

    /// Counts what is over; `hasBegun` if `onBegin` was called for it.
    func count(_ figures: RequestFigures, hasBegun: Bool) {
        if hasBegun { metrics.end(figures) } else { metrics.count(figures) }
    }

    func countAttempt(at target: TargetID, outcome: StaticString) {
        metrics.countAttempt(at: target, outcome: outcome)
    }

    /// An exchange is over.
    func record(_ exchange: Exchange, outcome: StaticString, at worker: Worker) {
        let reception = exchange.reception
        let total = SystemClock.monotonic().since(reception.started)
        var figures = self.figures(reception, outcome)
        figures.overhead = exchange.facts.overhead
        let isStream = exchange.request.isStreaming
        let firstByte =
            isStream ? exchange.facts.firstByteAt.map { $0.since(reception.started) } : nil
        let cost = exchange.cost
        if let candidate = exchange.candidate {
            var call = CallFigures(
                target: candidate.metricID, operation: exchange.request.operation.metricLabel,
                duration: total)
            call.firstToken = firstByte
            call.inputTokens = exchange.facts.usage?.inputTokens
            call.outputTokens = exchange.facts.usage?.outputTokens
            call.cost = cost.amount
            call.isPriced = !cost.isUnpriced
            call.isEstimated = exchange.facts.isEstimated
            figures.call = call
        }
        metrics.end(figures)
        var record = self.record(reception, status: exchange.facts.status, outcome, total)
        record.model = exchange.request.model
        record.target = exchange.targetName ?? Bytes()
        if let attempt = exchange.translation?.attempt {
            record.targetFormat = attempt.format.label
        }
        if let notes = exchange.lossNotes { record.dropped = notes.list }
        record.attempts = exchange.machine.attempts
        record.bytesIn = exchange.request.body.count
        record.bytesOut = exchange.facts.answerBytes
        record.inputTokens = exchange.facts.usage?.inputTokens
        record.outputTokens = exchange.facts.usage?.outputTokens
        record.cachedTokens = exchange.facts.usage?.cachedInputTokens
        record.cost = cost.amount
        record.isUnpriced = cost.isUnpriced
        record.isEstimated = exchange.facts.isEstimated
        record.overhead = exchange.facts.overhead
        record.firstByte = firstByte
        record.isStream = isStream
        if let images = exchange.images, images.imageCount > 0 {
            record.remark = .fetched(images: images.imageCount, bytes: images.byteCount)
        }
        append(record)
    }

    // MARK: - Everything else

    /// A request was refused before it became an exchange.
    func record(refused reception: Reception, _ note: RejectionNote) {
        metrics.count(figures(reception, note.code))
        append(record(reception, status: note.status, note.code, elapsed(reception)))
    }

    /// Bytes came that are no request.
    func record(unread note: RejectionNote) {
        metrics.count(RequestFigures(route: "unread", dialect: "openai", code: note.code))
        var record = AccessRecord()
        record.time = loop.wallNow
        record.status = note.status
        record.outcome = note.code
        append(record)
    }

    /// The node has answered by itself. Probes and scrapes are counted but leave no record.
    func record(local reception: Reception, status: Int) {
        let outcome: StaticString = status < 400 ? "success" : "unavailable"
        metrics.count(figures(reception, outcome))
        guard reception.endpoint?.needsKey == true else { return }
        append(record(reception, status: status, outcome, elapsed(reception)))
    }

    private func elapsed(_ reception: Reception) -> Nanoseconds {
        SystemClock.monotonic().since(reception.started)
    }

    func figures(_ reception: Reception, _ outcome: StaticString) -> RequestFigures {
        RequestFigures(
            route: reception.endpoint?.template ?? "unknown", dialect: reception.dialect.label,
            code: outcome)
    }

    func record(
        _ reception: Reception, status: Int, _ outcome: StaticString, _ total: Nanoseconds
    ) -> AccessRecord {
        var record = AccessRecord()
        record.time = loop.wallNow
        record.requestID = reception.id
        if let key = reception.key { record.key = reception.live.values.keys.keys[key].label }
        record.method = reception.head.method.label
        record.route = reception.endpoint?.template ?? "unknown"
        record.dialect = reception.dialect.label
        record.status = status
        record.outcome = outcome
        record.total = total
        if let parent = reception.head.fields[.traceparent] {
            record.trace = TraceContext(traceparent: parent)
        }
        return record
    }

    /// All workers' metrics in the form that the caller accepts.
    func metricsText(accept: Bytes) -> (type: StaticString, text: Bytes) {
        flush()
        let format = MetricFormat(accept: accept.span)
        return (format.contentType, registry.text(format))
    }
}

extension Operation {
    /// OpenTelemetry's name of the operation.
    fileprivate var metricLabel: StaticString {
        switch self {
        case .chatCompletions, .responses, .messages, .cohereChat, .ollamaChat: "chat"
        case .gemini(.generateContent, _), .gemini(.streamGenerateContent, _): "generate_content"
        case .completions: "text_completion"
        case .embeddings, .gemini(.embedContent, _), .gemini(.batchEmbedContents, _),
            .cohereEmbed, .ollamaEmbed:
            "embeddings"
        case .countMessageTokens, .gemini(.countTokens, _): "count_tokens"
        case .models, .model, .geminiModels, .geminiModel, .ollamaModels, .ollamaVersion:
            "models"
        }
    }
}
