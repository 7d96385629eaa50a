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
    let worker: Worker
    let client: ServerConnection
    let reception: Reception
    let live: LiveSnapshot
    let request: InferenceRequest
    var machine: ExchangeMachine
    /// The place in a pool's queue, while it waits there.
    var waiter: SlotHandle?
    private(set) var candidate: Candidate?
    var facts: ExchangeFacts

    /// The call that serves the request as it stands.
    let call: UpstreamCall
    /// The request for targets that it is passed on to, where that is not as it came.
    let cleaned: CleanedRequest?
    /// Nil as long as the caller's own bytes are enough.
    var translation: Translation?
    var translated: TranslatedAnswer?
    /// Counts a stream for a provider that may not tell its usage.
    var meter: StreamMeter?
    /// Nil unless images had to be fetched for a target.
    var images: ImageGathering?

    private var carrier: UpstreamConnection?
    private var relay: AnswerRelay?
    let totalDeadline: Instant
    private var isPausingUpstream = false
    private var isOver = false
    private var settledCost: CallCost?
    /// Why the last target that could not be asked could not.
    private var lastFault: RequestFault?
    /// When the last piece of the answer came.
    private var lastPieceAt = Instant(nanoseconds: 0)
    /// How long an answer may be silent before something has to be done.
    private var pieceSpan: Nanoseconds

    init(
        worker: Worker, client: ServerConnection, reception: Reception,
        request: consuming InferenceRequest, route: Int
    ) {
        self.worker = worker
        self.client = client
        self.reception = reception
        live = reception.live
        machine = ExchangeMachine(
            route: route, maximumAttempts: live.values.attempts.maximum,
            allowsFallback: !reception.options.isFallbackOff)
        call = request.operation.call(isArray: reception.wantsArray)
        cleaned = CleanedRequest.clean(request)
        self.request = request
        pieceSpan = live.patience.betweenTokens
        facts = ExchangeFacts(started: reception.started)
        totalDeadline =
            reception.started + (reception.options.totalTimeout ?? live.patience.total)
    }

    /// Who answers or was asked last, as `PROVIDER/MODEL`.
    var targetName: Bytes? { candidate?.name(asked: request.model) }

    /// Whether a Gemini stream goes to the client as one array.
    var isArrayStream: Bool { call == .streamGenerateArray }

    /// What the answer cost; to be asked when its usage is known.
    var cost: CallCost {
        if let settledCost { return settledCost }
        let cost = currentCost
        // A whole answer tells its usage once, in its head's place or at its end.
        if isUsageFinal { settledCost = cost }
        return cost
    }

    private var isUsageFinal: Bool { facts.usage != nil && !request.isStreaming }

    private var currentCost: CallCost {
        // A client that left has a status of our own, but what was answered until then is paid.
        guard let status = answeredStatus, !request.operation.isCount else { return .none }
        return CallCost(
            status: status, usage: facts.usage, price: candidate?.price(asked: request.model))
    }

    /// The status of an answer that has begun.
    private var answeredStatus: Int? {
        facts.firstByteAt == nil ? nil : (relay?.head ?? translated?.head)?.status
    }

    /// Takes the usage that the provider told, or a guess where it told none.
    ///
    /// A call that was cut short is guessed by its length: when many callers leave at once, the
    /// loop has better things to do than to count for them.
    private func settleUsage(isWhole: Bool) {
        facts.usage = relay?.usage ?? translated?.usage
        if isWhole, let status = answeredStatus, status < 300 { noteUsageTold() }
        guard facts.usage == nil, let status = answeredStatus, status < 300,
            !request.operation.isCount,
            let answer = relay?.uncounted ?? translated?.uncounted
        else { return }
        let model = candidate?.target.model(asked: request.model) ?? request.model
        facts.usage = Usage(
            estimating: uncounted(answer), to: request, model: model, isExact: isWhole)
        facts.isEstimated = true
    }

    // MARK: - Attempts

    /// Makes the first attempt, or the next one.
    func proceed() {
        while true {
            switch machine.next(in: live.values.routes, random: &worker.random) {
            case .attempt(let choice):
                candidate = live.candidate(choice)
                let pool = live.pools[choice.upstream]
                if !pool.serves(call) || translation != nil || pool.needsImageBytes {
                    if request.operation.isCount, !pool.serves(call), !pool.countsTokens {
                        return answerCount()
                    }
                    if pool.needsImageBytes, beginFetching(choice) { return }
                    let policy = live.values.routes.routes[choice.route].unknownFields
                    if let fault = prepare(for: pool, policy: policy) {
                        machine.onInexpressible()
                        lastFault = fault
                        continue
                    }
                }
                // It may have to wait for a connection.
                client.setDeadline(at: totalDeadline)
                return pool.acquire(for: self, fresh: false)
            case .reject(let rejection): return reject(rejection)
            }
        }
    }

    /// The target cannot have the request: goes on to the next one.
    func passOver(_ fault: RequestFault) {
        machine.onInexpressible()
        lastFault = fault
        proceed()
    }

    /// The target cannot count the tokens of a chat: that is done here.
    private func answerCount() {
        machine.onOver()
        let keepAlive = reception.head.keepAlive
        let model = candidate?.target.model(asked: request.model) ?? request.model
        do throws(RequestFault) {
            let body = try TokenCount(request, model: model).answer(in: reception.dialect)
            facts.status = 200
            worker.writeAnswer(
                WholeAnswer(status: 200, contentType: "application/json", body: body),
                AnswerContext(reception, keepAlive: keepAlive), to: client.transport
            ) { $0.append("x-apus-estimated: true\r\n") }
            end(outcome: "success", .finished(keepAlive: keepAlive))
        } catch {
            lastFault = error
            reject(.invalidRequest)
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
        let sending = UpstreamRequest(exchange: self, target: target, pool: connection.pool)
        if let attempt = translation?.attempt {
            sending.write(attempt, to: transport)
        } else {
            sending.write(call, to: transport)
        }
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
        if machine.state == .attempting { translated = nil }
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

    func onAnswerHead(_ head: consuming ResponseHead) {
        facts.answeredAt = worker.loop.now
        let status = translation?.attempt?.mapping?.statuses[head.status] ?? head.status
        switch machine.onAnswer(status: status, in: live.values.routes) {
        case .relay:
            beginMeter(status: head.status)
            if let attempt = translation?.attempt { return beginTranslated(head, attempt) }
            relay = AnswerRelay(head, for: self)
        case .chooseNext:
            noteAttempt(AttemptFault.status(status).label)
            let connection = carrier
            carrier = nil
            connection?.discardAnswer(head)
            proceed()
        }
    }

    func onAnswerBody(_ bytes: Span<UInt8>) {
        if let translated { return onTranslatedBody(bytes, translated) }
        if machine.state == .attempting {
            if let error = relay?.openingError(in: bytes), isPassedBy(error) { return }
            commit(bytes)
        } else {
            relay?.write(bytes, to: client.transport)
        }
        facts.answerBytes += bytes.count
        afterPiece()
    }

    /// Goes on to another target, if there is one and it may do better, when a stream begins with
    /// its provider's error.
    private func isPassedBy(_ error: ProviderError) -> Bool {
        let step = machine.onAnswer(status: error.status, in: live.values.routes)
        guard step == .chooseNext else { return false }
        noteAttempt(AttemptFault.status(error.status).label)
        relay = nil
        dropCarrier()
        proceed()
        return true
    }

    /// Something was written: looks after time and pressure.
    func afterPiece() {
        meter?.count()
        // What was read before the pause still comes; the client's time runs on.
        guard !isPausingUpstream else { return }
        lastPieceAt = worker.loop.now
        setDeadline(pieceSpan)
        if client.transport.isCongested { pauseUpstream() }
    }

    /// Sends the head with the first bytes behind it; until then another target can take over.
    private func commit(_ body: Span<UInt8>) {
        guard let relay else { return }
        noteCommit()
        relay.onFirstBytes(body)
        facts.usage = relay.usage
        relay.writeHead(of: self, with: body)
    }

    /// From here on the answer is the client's.
    func noteCommit() {
        machine.onCommitted()
        facts.firstByteAt = worker.loop.now
        if takesKeepAlive { pieceSpan = min(live.patience.keepAlive, pieceSpan) }
    }

    func onAnswerEnd() {
        carrier = nil
        guard !isOver else { return }
        if let translated { return onTranslatedEnd(translated) }
        if machine.state == .attempting { commit(Span()) }
        relay?.writeEnd(to: client.transport)
        endAnswered(keepAlive: relay?.keepsClient ?? false)
    }

    /// The answer is written to its end.
    func endAnswered(keepAlive: Bool) {
        noteAttempt(answerLabel)
        machine.onOver()
        end(outcome: answerLabel, .finished(keepAlive: keepAlive))
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
        lastPieceAt = worker.loop.now
        setDeadline(pieceSpan)
        carrier?.transport?.resumeReading()
    }

    // MARK: - Time

    private func setDeadline(_ span: Nanoseconds) {
        client.setDeadline(at: min(worker.loop.now + span, totalDeadline))
    }

    func onDeadline() {
        guard !isOver else { return }
        if isPausingUpstream { return client.abandon() }
        if keepsAlive() { return }
        if let images, images.isUnderWay, worker.loop.now < totalDeadline {
            return images.expire()
        }
        let isConnecting = carrier?.transport == nil
        dropCarrier()
        guard worker.loop.now < totalDeadline else { return giveUp(.upstreamTimeout) }
        onAttemptFailed(
            isConnecting ? .connectTimeout : .timeout, wasReused: false, gotBytes: false)
    }

    /// Whether the client has a stream of events, which may hold comments.
    private var takesKeepAlive: Bool {
        if let translated {
            return translated.translator != nil && !isArrayStream
                && !reception.dialect.keepAlive.isEmpty
        }
        return relay?.isEventStream ?? false
    }

    /// Breaks a silence of the upstream that is not too long yet, so that nobody between us and
    /// the client takes the connection for dead.
    private func keepsAlive() -> Bool {
        let now = worker.loop.now
        let limit = min(lastPieceAt + live.patience.betweenTokens, totalDeadline)
        guard machine.state == .relaying, takesKeepAlive, now < limit else { return false }
        if let relay {
            relay.writeKeepAlive(in: reception.dialect, to: client.transport)
        } else if let translated {
            writeKeepAlive(in: translated)
        }
        client.setDeadline(at: min(now + pieceSpan, limit))
        return true
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

    func dropCarrier() {
        cancelFetching()
        if let waiter, let target = candidate?.target {
            live.pools[target.upstream].abandon(waiter)
        }
        waiter = nil
        let connection = carrier
        carrier = nil
        connection?.cancel()
    }

    func reject(_ rejection: Rejection) {
        let note = rejectionNote(rejection)
        facts.status = note.status
        let keepAlive = reception.head.keepAlive
        worker.writeRejection(
            note, AnswerContext(reception, keepAlive: keepAlive, attempts: machine.attempts),
            to: client.transport)
        end(outcome: note.rejection.code, .finished(keepAlive: keepAlive))
    }

    /// What is wrong with the request counts only if no target could even be asked.
    private func rejectionNote(_ rejection: Rejection) -> RejectionNote {
        if let lastFault, machine.failures.isEmpty { return RejectionNote(lastFault) }
        var note = RejectionNote(rejection, attemptsText(rejection))
        guard let error = translation?.lastError,
            case .status(let status)? =
                machine.failures.last?.fault
        else { return note }
        // The provider said it inside an answer of 200; its words are worth more than ours.
        note.status = status
        note.code = error.kind.label
        note.message = error.message.string
        return note
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
        if let translated { writeBreak(note, in: translated) }
        relay?.writeBreak(note, reception, to: client.transport)
        let needsReset = relay?.needsResetToShowBreak ?? (translated?.framing != .chunked)
        end(outcome: rejection.code, .broken(needsReset: needsReset))
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
        if case .finished = ending {
            settleUsage(isWhole: true)
        } else {
            settleUsage(isWhole: false)
        }
        worker.reporter.record(self, outcome: outcome, at: worker)
        switch ending {
        case .finished(let keepAlive): client.finish(keepAlive: keepAlive)
        case .broken(let needsReset): client.breakOff(reset: needsReset)
        case .clientGone: break
        }
    }
}
