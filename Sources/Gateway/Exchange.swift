// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor
internal import Telemetry
internal import Upstreams

/// One inference request on its way: performs what `ExchangeMachine` decides.
///
/// Its client connection owns it while it lasts; the upstream connection that carries it refers
/// to it as well, and both let go when it is over.
final class Exchange {
    unowned(unsafe) let worker: Worker  // The worker outlives what runs on its loop.
    let client: ServerConnection
    let reception: Reception
    let live: LiveSnapshot
    let request: InferenceRequest
    private(set) var machine: ExchangeMachine
    /// The place in a pool's queue, while it waits there.
    var waiter: SlotHandle?
    private(set) var candidate: Candidate?
    var facts: ExchangeFacts

    private var carrier: UpstreamConnection?
    private var relay: AnswerRelay?
    private let totalDeadline: Instant
    private var isPausingUpstream = false
    private var isOver = false

    init(
        worker: Worker, client: ServerConnection, reception: Reception, request: InferenceRequest,
        route: Int
    ) {
        self.worker = worker
        self.client = client
        self.reception = reception
        self.request = request
        live = reception.live
        machine = ExchangeMachine(
            route: route, maximumAttempts: live.values.attempts.maximum,
            allowsFallback: !reception.options.isFallbackOff)
        facts = ExchangeFacts(started: reception.started)
        totalDeadline =
            reception.started + (reception.options.totalTimeout ?? live.patience.total)
    }

    /// Who answers or was asked last, as `PROVIDER/MODEL`.
    var targetName: Bytes? { candidate?.name(asked: request.model) }

    /// What the answer cost; to be asked when its usage is known.
    var cost: CallCost {
        // A client that left has a status of our own, but what was answered until then is paid.
        guard facts.firstByteAt != nil, let status = relay?.head.status else { return .none }
        return CallCost(
            status: status, usage: facts.usage, price: candidate?.price(asked: request.model))
    }

    // MARK: - Attempts

    /// Makes the first attempt, or the next one.
    func proceed() {
        switch machine.next(in: live.values.routes, random: &worker.random) {
        case .attempt(let choice):
            candidate = live.candidate(choice)
            // It may have to wait for a connection.
            client.setDeadline(at: totalDeadline)
            live.pools[choice.upstream].acquire(for: self, fresh: false)
        case .reject(let rejection): reject(rejection)
        }
    }

    /// A connection is being opened for it.
    func onConnecting(_ connection: UpstreamConnection) {
        carrier = connection
        setDeadline(live.patience.connect)
    }

    /// A connection is there: the request goes out.
    func onConnection(_ connection: UpstreamConnection) {
        carrier = connection
        guard let transport = connection.transport, let target = candidate?.target else { return }
        UpstreamRequest(exchange: self, target: target, pool: connection.pool).write(to: transport)
        facts.sentAt = SystemClock.monotonic()
        setDeadline(firstTokenTimeout)
    }

    private var firstTokenTimeout: Nanoseconds {
        reception.options.firstTokenTimeout ?? live.patience.firstToken
    }

    /// The pool cannot even let it wait.
    func onRefused() { onAttemptFailed(.queueFull, wasReused: false, gotBytes: false) }

    func onAttemptFailed(_ fault: AttemptFault, wasReused: Bool, gotBytes: Bool) {
        carrier = nil
        guard !isOver else { return }
        switch machine.onFailure(fault, wasReused: wasReused, gotBytes: gotBytes) {
        case .retryFresh:
            guard let target = candidate?.target else { return }
            client.setDeadline(at: totalDeadline)
            live.pools[target.upstream].acquire(for: self, fresh: true)
        case .chooseNext:
            noteAttempt(fault.label)
            proceed()
        case .breakOff(let rejection):
            noteAttempt(fault.label)
            breakOff(rejection)
        }
    }

    private func noteAttempt(_ outcome: StaticString) {
        guard let candidate else { return }
        worker.reporter.countAttempt(at: candidate.metricID, outcome: outcome)
    }

    // MARK: - The answer

    func onAnswerHead(_ head: ResponseHead) {
        facts.answeredAt = worker.loop.now
        switch machine.onAnswer(status: head.status, in: live.values.routes) {
        case .relay: relay = AnswerRelay(head, for: self)
        case .chooseNext:
            noteAttempt(AttemptFault.status(head.status).label)
            let connection = carrier
            carrier = nil
            connection?.discardAnswer(head)
            proceed()
        }
    }

    func onAnswerBody(_ bytes: Span<UInt8>) {
        commit(bytes)
        facts.answerBytes += bytes.count
        relay?.write(bytes, to: client.transport)
        // What was read before the pause still comes; the client's time runs on.
        guard !isPausingUpstream else { return }
        setDeadline(live.patience.betweenTokens)
        if client.transport.isCongested { pauseUpstream() }
    }

    /// Sends the head with the first bytes behind it; until then another target can take over.
    private func commit(_ body: Span<UInt8> = Span()) {
        guard machine.state == .attempting else { return }
        machine.onCommitted()
        facts.firstByteAt = worker.loop.now
        relay?.onFirstBytes(body)
        facts.usage = relay?.usage
        relay?.writeHead(to: client.transport)
    }

    func onAnswerEnd() {
        carrier = nil
        guard !isOver else { return }
        commit()
        relay?.writeEnd(to: client.transport)
        noteAttempt(answerLabel)
        machine.onOver()
        end(outcome: answerLabel, .finished(keepAlive: relay?.keepsClient ?? false))
    }

    private var answerLabel: StaticString {
        switch facts.status {
        case ..<400: "success"
        case let status where AttemptFault.isUpstreamTrouble(status):
            AttemptFault.status(status).label
        default: "refused"
        }
    }

    // MARK: - Backpressure

    private func pauseUpstream() {
        guard !isPausingUpstream, let transport = carrier?.transport else { return }
        isPausingUpstream = true
        transport.pauseReading()
        setDeadline(live.patience.clientWrite)
    }

    /// The upstream has said everything: its connection must not stay paused for the next one.
    func onAnswerReceived() {
        guard isPausingUpstream else { return }
        isPausingUpstream = false
        carrier?.transport?.resumeReading()
    }

    /// The client has taken enough of what was written.
    func onClientDrained() {
        guard isPausingUpstream else { return }
        isPausingUpstream = false
        setDeadline(live.patience.betweenTokens)
        carrier?.transport?.resumeReading()
    }

    // MARK: - Time

    private func setDeadline(_ span: Nanoseconds) {
        client.setDeadline(at: min(worker.loop.now + span, totalDeadline))
    }

    func onDeadline() {
        guard !isOver else { return }
        if isPausingUpstream { return client.abandon() }
        let isConnecting = carrier?.transport == nil
        dropCarrier()
        guard worker.loop.now < totalDeadline else { return giveUp(.upstreamTimeout) }
        onAttemptFailed(
            isConnecting ? .connectTimeout : .timeout, wasReused: false, gotBytes: false)
    }

    /// The drain's time is up.
    func onDrainExpired() {
        guard !isOver else { return }
        dropCarrier()
        giveUp(.draining)
    }

    private func giveUp(_ rejection: Rejection) {
        let isRelaying = machine.state == .relaying
        noteAttempt("abandoned")
        machine.onOver()
        if isRelaying { breakOff(rejection) } else { reject(rejection) }
    }

    // MARK: - Ends

    /// The client has gone: nobody wants the answer, so the upstream is told to stop at once.
    func onClientGone() {
        guard !isOver else { return }
        dropCarrier()
        noteAttempt("cancelled")
        machine.onOver()
        facts.status = Rejection.clientGone.status
        end(outcome: Rejection.clientGone.code, .clientGone)
    }

    private func dropCarrier() {
        if let waiter, let target = candidate?.target {
            live.pools[target.upstream].abandon(waiter)
        }
        waiter = nil
        let connection = carrier
        carrier = nil
        connection?.cancel()
    }

    private func reject(_ rejection: Rejection) {
        let note = RejectionNote(rejection, attemptsText(rejection))
        facts.status = note.status
        let keepAlive = reception.head.keepAlive
        worker.writeRejection(
            note, AnswerContext(reception, keepAlive: keepAlive, attempts: machine.attempts),
            to: client.transport)
        end(outcome: rejection.code, .finished(keepAlive: keepAlive))
    }

    /// Each attempt with its fault, so that the caller sees who failed.
    private func attemptsText(_ rejection: Rejection) -> String {
        guard !machine.failures.isEmpty else { return GatewaySentence.of(rejection) }
        let attempts = machine.failures.map { failure in
            "\(live.values.upstreams[failure.upstream].name): \(failure.fault.label)"
        }
        return "\(GatewaySentence.of(rejection)) Attempts: \(attempts.joined(separator: "; "))."
    }

    private func breakOff(_ rejection: Rejection) {
        let note = RejectionNote(rejection, GatewaySentence.of(rejection))
        relay?.writeBreak(note, to: client.transport)
        end(outcome: rejection.code, .broken(needsReset: relay?.needsResetToShowBreak ?? true))
    }

    /// What becomes of the client's connection.
    private enum Ending {
        case finished(keepAlive: Bool)
        case broken(needsReset: Bool)
        case clientGone
    }

    private func end(outcome: StaticString, _ ending: Ending) {
        guard !isOver else { return }
        isOver = true
        facts.usage = relay?.usage
        worker.reporter.record(self, outcome: outcome, at: worker)
        switch ending {
        case .finished(let keepAlive): client.finish(keepAlive: keepAlive)
        case .broken(let needsReset): client.breakOff(reset: needsReset)
        case .clientGone: break
        }
    }
}
