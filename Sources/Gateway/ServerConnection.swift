// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Reactor

/// One client's connection: reads requests one after the other and gives each its answer.
///
/// `idle → head → body → exchanging → idle`; `discarding` reads a small refused body to its end so
/// that the connection can be kept, `streaming` passes a body on while it comes. Bytes of the next
/// request that come early wait in `early`.
final class ServerConnection: EventHandler, TransportDelegate {
    /// Early bytes of the next requests; beyond it reading pauses until the answer is out.
    private static let earlyLimit = 64 * 1024
    /// A refused body is read to its end up to this size, to keep the connection.
    private static let discardLimit = 64 * 1024

    /// Who connects while the node drains must not hold it up by silence.
    private static let drainPatience = Nanoseconds(.seconds(1))

    enum Phase { case idle, head, body, streaming, discarding, exchanging, closed }

    let worker: Worker
    let transport: Transport
    private var parser: HTTP1RequestParser
    private(set) var phase = Phase.idle
    private var early = ByteWriter()
    private var isPausedForEarly = false
    private var isPausedForOutput = false
    private var isProcessing = false
    private var timer = DeadlineTimer()
    private(set) var reception: Reception?
    private var exchange: Exchange?
    /// A call on a stored object, in place of an exchange.
    var stored: StoredExchange?
    private var slot: SlotHandle?

    init(worker: Worker, transport: Transport) {
        self.worker = worker
        self.transport = transport
        parser = HTTP1RequestParser(limits: worker.live.httpLimits)
        super.init()
        transport.delegate = self
        transport.noticesCloseWhilePaused = true
        slot = worker.insert(self)
        setDeadline(firstDeadline)
    }

    /// Moves the one deadline of this connection.
    func setDeadline(_ span: Nanoseconds) { setDeadline(at: worker.loop.now + span) }

    func setDeadline(at deadline: Instant) { timer.set(deadline, on: worker.loop, self) }

    // MARK: - Bytes in

    /// A handshake is part of a request as far as patience goes.
    private var firstDeadline: Nanoseconds {
        if worker.isDraining { return Self.drainPatience }
        let patience = worker.live.patience
        return worker.serverTLS == nil ? patience.clientIdle : patience.clientRequest
    }

    func transportDidBecomeReady(_ transport: Transport) {
        if phase == .idle, !worker.isDraining { setDeadline(worker.live.patience.clientIdle) }
    }

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        if mustWait { return keepEarly(bytes) }
        if early.isEmpty { return process(bytes) }
        early.append(bytes)
        processEarly()
    }

    /// The next request waits for the answer under way, or until the client has taken its answers.
    private var mustWait: Bool { phase == .exchanging || isPausedForOutput }

    private func keepEarly(_ bytes: Span<UInt8>) {
        early.append(bytes)
        guard early.count > Self.earlyLimit, !isPausedForEarly else { return }
        isPausedForEarly = true
        transport.pauseReading()
    }

    /// Works through what came while an exchange was under way.
    private func processEarly() {
        guard !isProcessing else { return }
        while !early.isEmpty, !mustWait, phase != .closed {
            let bytes = early.finish()
            process(bytes.span)
        }
        guard isPausedForEarly, early.count <= Self.earlyLimit, phase != .closed else { return }
        isPausedForEarly = false
        transport.resumeReading()
    }

    private func process(_ bytes: Span<UInt8>) {
        isProcessing = true
        defer { isProcessing = false }
        var offset = 0
        while phase != .closed {
            let rest = bytes.extracting(offset..<bytes.count)
            if mustWait { return rest.count > 0 ? keepEarly(rest) : () }
            // Matched whole, so that a head moves on without a copy.
            switch parser.next(rest) {
            case (_, .needMore): return onNeedMore()
            case (let consumed, .head(let head)):
                offset += consumed
                onHead(head)
            case (let consumed, .body(let range)):
                offset += consumed
                onBody(rest.extracting(range))
            case (let consumed, .end):
                offset += consumed
                onRequestEnd()
            case (_, .failure(let fault)): return onFault(fault)
            }
        }
    }

    /// The clock of a request starts with its first byte, not anew with each further one.
    private func onNeedMore() {
        guard phase == .idle, parser.isReadingHead else { return }
        phase = .head
        setDeadline(worker.live.patience.clientRequest)
    }

    private func onHead(_ read: consuming RequestHead) {
        let reception = worker.receive(read)
        self.reception = reception
        // Most requests come whole, with their head; those need no deadline of their own.
        let framing = reception.head.framing
        if phase == .idle, framing.hasBody {
            setDeadline(worker.live.patience.clientRequest)
        }
        guard let rejection = reception.rejection else {
            phase = .body
            if reception.head.expectsContinue, framing.hasBody {
                transport.write { $0.append("HTTP/1.1 100 Continue\r\n\r\n") }
            }
            return
        }
        phase = .discarding
        if reception.head.expectsContinue || !Self.isCheapToDiscard(framing) {
            refuse(reception, rejection, keepAlive: false)
        }
    }

    private static func isCheapToDiscard(_ framing: BodyFraming) -> Bool {
        switch framing {
        case .none: true
        case .length(let length): length <= discardLimit
        case .chunked, .untilClose: false
        }
    }

    private func onBody(_ bytes: Span<UInt8>) {
        if phase == .body, let reception, reception.append(bytes) { return }
        onUnkeptBody(bytes)
    }

    func beginStreaming() {
        reception = nil
        phase = .streaming
    }

    func endStreaming() { phase = .exchanging }

    private func onRequestEnd() {
        guard let reception else { return onStreamedEnd() }
        self.reception = nil
        if let rejection = reception.rejection {
            return refuse(reception, rejection, keepAlive: reception.head.keepAlive)
        }
        phase = .exchanging
        worker.serve(reception, on: self)
    }

    private func onFault(_ fault: HTTPFault) { rejectUnread(RejectionNote(fault)) }

    /// Answers bytes that never became a request.
    private func rejectUnread(_ note: RejectionNote) {
        worker.refuseUnread(note, on: self)
        closeLingering()
    }

    func refuse(_ reception: Reception, _ note: RejectionNote, keepAlive: Bool) {
        self.reception = nil
        phase = .exchanging
        worker.refuse(reception, note, keepAlive: keepAlive, on: self)
    }

    // MARK: - Exchanges

    /// An exchange has taken over until `finish` or `breakOff`.
    func begin(_ exchange: Exchange) { self.exchange = exchange }

    /// The answer is written; the next request may come.
    func finish(keepAlive: Bool) {
        exchange = nil
        guard phase != .closed else { return }
        guard keepAlive, !worker.isDraining else { return closeLingering() }
        phase = .idle
        setDeadline(worker.live.patience.clientIdle)
        pauseIfCongested()
        processEarly()
    }

    /// A client that asks on without taking its answers is not read any further.
    private func pauseIfCongested() {
        guard transport.isCongested, !isPausedForOutput else { return }
        isPausedForOutput = true
        transport.pauseReading()
    }

    /// The answer is cut off: what was written leaves, then the connection, without a proper end.
    func breakOff(reset: Bool) {
        exchange = nil
        guard phase != .closed else { return }
        guard reset else { return closeLingering() }
        phase = .closed
        forget()
        transport.flushAndAbort()
    }

    private func closeLingering() {
        phase = .closed
        forget()
        transport.closeLingering()
    }

    private func closeFlushed() {
        guard phase != .closed else { return }
        if isPausedForOutput { return closeLingering() }
        phase = .closed
        forget()
        transport.closeAfterFlush()
    }

    private func closeNow() {
        guard phase != .closed else { return }
        phase = .closed
        let cancelled = exchange
        let cancelledStored = stored
        exchange = nil
        stored = nil
        forget()
        transport.close()
        cancelled?.onClientGone()
        cancelledStored?.onClientGone()
    }

    /// The client takes nothing any more: it counts as gone.
    func abandon() { closeNow() }

    private func forget() {
        timer.cancel(on: worker.loop)
        reception = nil
        if let slot { worker.remove(slot) }
        slot = nil
    }

    /// Nothing new is wanted; an idle connection goes at once, a busy one after its answer.
    func drain() {
        if phase == .idle { closeFlushed() }
    }

    /// The drain's time is up.
    func expire() {
        if let exchange {
            exchange.onDrainExpired()
        } else if let stored {
            stored.onDrainExpired()
        } else {
            closeNow()
        }
    }

    // MARK: - Ends

    /// A client that only closes its sending side gets the answers that are written by then.
    func transportDidReachEnd(_ transport: Transport) {
        if exchange == nil, stored == nil { closeFlushed() } else { closeNow() }
    }

    func transport(_ transport: Transport, didFail fault: TransportFault) { closeNow() }

    func transportDidDrain(_ transport: Transport) {
        if isPausedForOutput {
            isPausedForOutput = false
            transport.resumeReading()
            processEarly()
        }
        exchange?.onClientDrained()
        stored?.onClientDrained()
    }

    override func onTimer(_ kind: UInt32) {
        guard timer.isDue(on: worker.loop, self) else { return }
        switch phase {
        case .idle, .closed: closeNow()
        case .head, .body, .discarding: onClientTooSlow()
        case .streaming: stored?.onDeadline()
        case .exchanging:
            exchange?.onDeadline()
            stored?.onDeadline()
        }
    }

    private func onClientTooSlow() {
        let note = RejectionNote(
            .clientTooSlow, "The request did not arrive completely in the time allowed.")
        if let reception { return refuse(reception, note, keepAlive: false) }
        rejectUnread(note)
    }
}
