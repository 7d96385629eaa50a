// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor
internal import Telemetry
internal import Upstreams

/// One call on a stored object on its way: both bodies pass as they come, in either direction.
///
/// `opening → sending → answering → over`, with one attempt on a connection of its own: only this
/// provider has the object, and what was half sent is not sent twice.
final class StoredExchange: LoneConnectionDelegate {
    /// Calls under way on one worker; each holds a connection. One more is answered 503.
    static let concurrencyLimit = 256

    unowned(unsafe) let worker: Worker  // The worker outlives what runs on its loop.
    private unowned(unsafe) let client: ServerConnection  // The client's connection owns it.
    let reception: Reception
    let live: LiveSnapshot
    let call: StoredCall
    let pool: UpstreamPool
    var facts = StoredFacts()
    /// Whether the client has sent its whole body.
    private(set) var isRequestWhole: Bool

    private var connection: LoneConnection?
    private var answer: StoredAnswer?
    /// What came of the body before the connection was open.
    private var early = ByteWriter()
    private var isPausingClient = false
    private var isPausingUpstream = false
    private var isOver = false
    private let totalDeadline: Instant

    init(
        _ call: StoredCall, upstream: Int, _ reception: Reception, client: ServerConnection,
        isRequestWhole: Bool
    ) {
        self.call = call
        worker = client.worker
        self.client = client
        self.reception = reception
        self.isRequestWhole = isRequestWhole
        live = reception.live
        pool = live.pools[upstream]
        totalDeadline =
            reception.started + (reception.options.totalTimeout ?? live.patience.total)
    }

    /// Who asks; nil where no key is asked for.
    var key: ClientKey? { reception.key.map { live.values.keys.keys[$0] } }

    // MARK: - The request

    func begin() {
        worker.storedCount += 1
        worker.reporter.onBegin()
        setDeadline(live.patience.connect)
        let connection = LoneConnection(
            to: pool.upstream, method: reception.head.method, delegate: self)
        self.connection = connection
        connection.open(with: worker.dialer)
    }

    func onOpen(_ transport: Transport) {
        let request = StoredRequest(call: call, reception: reception, pool: pool)
        transport.write { request.append(to: &$0) }
        if !early.isEmpty { write(early.take().span, to: transport) }
        early = ByteWriter()
        isRequestWhole ? endRequest(transport) : afterPiece(transport)
    }

    /// The client has sent a piece of its body.
    func onRequestBody(_ bytes: Span<UInt8>) {
        guard !isOver else { return }
        facts.bytesIn += bytes.count
        guard facts.bytesIn <= live.values.limits.uploadBytes else {
            return reject(.bodyTooLarge(limit: live.values.limits.uploadBytes))
        }
        guard let transport = connection?.transport else {
            early.append(bytes)
            return pauseClient()
        }
        write(bytes, to: transport)
        afterPiece(transport)
    }

    /// The client has sent all.
    func onRequestEnd() {
        guard !isOver else { return }
        isRequestWhole = true
        resumeClient()
        if let transport = connection?.transport { endRequest(transport) }
    }

    private func write(_ bytes: Span<UInt8>, to transport: Transport) {
        let isChunked = reception.head.framing == .chunked
        transport.write { writer in
            if isChunked { writer.appendChunk(bytes) } else { writer.append(bytes) }
        }
    }

    private func endRequest(_ transport: Transport) {
        if reception.head.framing == .chunked { transport.write { $0.appendLastChunk() } }
        setDeadline(reception.options.firstTokenTimeout ?? live.patience.firstToken)
    }

    private func afterPiece(_ transport: Transport) {
        guard answer == nil else { return }
        if transport.isCongested { pauseClient() } else { resumeClient() }
        setDeadline(isPausingClient ? live.patience.betweenTokens : live.patience.clientRequest)
    }

    func onUpstreamDrained() {
        guard !isOver, !isRequestWhole, let transport = connection?.transport else { return }
        afterPiece(transport)
    }

    private func pauseClient() {
        guard !isPausingClient else { return }
        isPausingClient = true
        client.transport.pauseReading()
    }

    private func resumeClient() {
        guard isPausingClient else { return }
        isPausingClient = false
        if !client.transport.isClosed { client.transport.resumeReading() }
    }

    // MARK: - The answer

    func onAnswerHead(_ head: ResponseHead) {
        facts.status = head.status
        facts.firstByteAt = worker.loop.now
        let answer = StoredAnswer(head, for: self)
        self.answer = answer
        answer.begin(to: client.transport)
        setDeadline(live.patience.betweenTokens)
    }

    func onAnswerBody(_ bytes: Span<UInt8>) {
        answer?.write(bytes, to: client.transport)
        guard !isPausingUpstream else { return }
        setDeadline(live.patience.betweenTokens)
        guard client.transport.isCongested else { return }
        isPausingUpstream = true
        connection?.pause()
        setDeadline(live.patience.clientWrite)
    }

    /// The client has taken enough of what was written.
    func onClientDrained() {
        guard isPausingUpstream, !isOver else { return }
        isPausingUpstream = false
        setDeadline(live.patience.betweenTokens)
        connection?.resume()
    }

    func onAnswerEnd() {
        guard !isOver, let answer else { return }
        answer.finish(to: client.transport)
        let label: StaticString = facts.status < 400 ? "success" : "refused"
        let isTrouble = AttemptFault.isUpstreamTrouble(facts.status)
        end(isTrouble ? AttemptFault.status(facts.status).label : label, keep: answer.keepsClient)
    }

    // MARK: - Time

    private func setDeadline(_ span: Nanoseconds) {
        client.setDeadline(at: min(worker.loop.now + span, totalDeadline))
    }

    func onDeadline() {
        guard !isOver else { return }
        if isPausingUpstream { return client.abandon() }
        let isTotal = worker.loop.now >= totalDeadline
        if connection?.transport == nil { return fail(.connectTimeout) }
        guard isRequestWhole || isPausingClient || isTotal || answer != nil else {
            return reject(
                RejectionNote(
                    .clientTooSlow, "The request did not arrive completely in the time allowed."))
        }
        fail(.timeout)
    }

    // MARK: - Ends

    func onFault(_ fault: AttemptFault) { fail(fault) }

    private func fail(_ fault: AttemptFault) {
        guard !isOver else { return }
        let rejection: Rejection = fault.isTimeout ? .upstreamTimeout : .upstreamFailed
        guard let answer, answer.isBegun else {
            return reject(
                RejectionNote(
                    rejection,
                    """
                    The provider that keeps this object gave no answer. \
                    Attempts: \(pool.name): \(fault.label).
                    """), attempt: fault.label)
        }
        let broken: Rejection = fault.isTimeout ? .upstreamTimeout : .upstreamBroke
        breakOff(broken, attempt: fault.label)
    }

    private func breakOff(_ rejection: Rejection, attempt: StaticString) {
        answer?.writeBreak(
            RejectionNote(rejection, GatewaySentence.of(rejection)), to: client.transport)
        close(attempt: attempt)
        worker.reporter.record(self, outcome: rejection.code)
        client.breakOffStored(reset: answer?.needsReset ?? false)
    }

    private func reject(_ note: RejectionNote, attempt: StaticString = "abandoned") {
        guard answer?.isBegun != true else {
            return breakOff(note.rejection, attempt: attempt)
        }
        close(attempt: attempt)
        facts.status = note.status
        let keepAlive = reception.head.keepAlive && isRequestWhole
        worker.writeRejection(
            note, AnswerContext(reception, keepAlive: keepAlive), to: client.transport)
        worker.reporter.record(self, outcome: note.code)
        client.finishStored(keepAlive: keepAlive)
    }

    private func end(_ outcome: StaticString, keep: Bool) {
        close(attempt: outcome)
        worker.reporter.record(self, outcome: outcome)
        client.finishStored(keepAlive: keep)
    }

    /// Nobody waits for the answer any more.
    func onClientGone() {
        guard !isOver else { return }
        close(attempt: "cancelled")
        facts.status = Rejection.clientGone.status
        worker.reporter.record(self, outcome: Rejection.clientGone.code)
    }

    /// The drain's time is up.
    func onDrainExpired() {
        guard !isOver else { return }
        reject(RejectionNote(.draining, GatewaySentence.of(.draining)))
    }

    private func close(attempt: StaticString) {
        isOver = true
        connection?.close()
        connection = nil
        early = ByteWriter()
        resumeClient()
        worker.storedCount -= 1
        worker.reporter.countAttempt(at: pool.storedTarget(worker.reporter), outcome: attempt)
    }
}

/// What one call on a stored object adds up for its record.
struct StoredFacts {
    var status = 0
    var bytesIn = 0
    var bytesOut = 0
    var firstByteAt: Instant?
}
