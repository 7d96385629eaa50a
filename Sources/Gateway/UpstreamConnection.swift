// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Reactor
internal import Upstreams

/// One HTTP/1.1 connection to an upstream, carrying one exchange at a time.
final class UpstreamConnection: TransportDelegate {
    /// An unwanted answer is read to its end up to this size, to keep the connection.
    private static let discardLimit = 64 * 1024

    let pool: UpstreamPool
    var id: PoolMachine.ConnectionID = 0
    private(set) var transport: Transport?
    private var dialing: Dialing?
    private var parser = HTTP1ResponseParser()
    private var exchange: Exchange?
    /// Exchanges begun on it, the current one included.
    private var uses = 0
    private var gotBytes = false
    private var keepsAlive = true
    /// Until when the rest of an answer that nobody wants may take; nil while there is none.
    private var discardDeadline: Instant?
    private var discarded = 0
    /// The pool looks at it when its time to discard is up.
    var isWatched = false
    private var isClosed = false

    init(pool: UpstreamPool) { self.pool = pool }

    // MARK: - Opening

    func open(for exchange: Exchange) {
        self.exchange = exchange
        uses = 1
        exchange.onConnecting(self)
        dialing = pool.dialer.dial(pool.upstream) { [weak self] result in self?.onDialed(result) }
    }

    private func onDialed(_ result: Result<Transport, DialFault>) {
        dialing = nil
        switch result {
        case .success(let transport):
            guard let exchange else { return transport.close() }
            self.transport = transport
            transport.delegate = self
            start(exchange)
        case .failure(let fault):
            fail(fault == .tls ? .tls : .unreachable)
        }
    }

    // MARK: - Carrying

    /// Carries another exchange.
    func begin(_ exchange: Exchange) {
        self.exchange = exchange
        uses += 1
        start(exchange)
    }

    private func start(_ exchange: Exchange) {
        gotBytes = false
        keepsAlive = true
        parser.begin(method: .post)
        exchange.onConnection(self)
    }

    /// Whether it had carried an exchange before the current one.
    var wasReused: Bool { uses > 1 }

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        guard exchange != nil || isDiscarding else { return shutIdle() }
        gotBytes = true
        var offset = 0
        while !isClosed {
            let rest = bytes.extracting(offset..<bytes.count)
            // Matched whole, so that a head moves on without a copy.
            switch parser.next(rest) {
            case (_, .needMore): return
            case (let consumed, .informational): offset += consumed
            case (let consumed, .head(let head)):
                offset += consumed
                keepsAlive = head.keepAlive
                exchange?.onAnswerHead(head)
            case (let consumed, .body(let range)):
                offset += consumed
                onBody(rest.extracting(range))
            case (let consumed, .end):
                return onAnswerEnd(hasLeftover: offset + consumed < bytes.count)
            case (_, .failure): return fail(.garbage)
            }
        }
    }

    private func onBody(_ bytes: Span<UInt8>) {
        guard isDiscarding else {
            exchange?.onAnswerBody(bytes)
            return
        }
        discarded += bytes.count
        if discarded > Self.discardLimit { close() }
    }

    private func onAnswerEnd(hasLeftover: Bool) {
        let finished = exchange
        finished?.onAnswerReceived()
        exchange = nil
        discardDeadline = nil
        // Released first: what follows in the exchange may want a connection.
        if keepsAlive, !hasLeftover, let transport, !transport.isClosed {
            pool.release(self)
        } else {
            close()
        }
        finished?.onAnswerEnd()
    }

    /// The exchange no longer wants this answer; the connection is kept if that is cheap.
    func discardAnswer(_ head: ResponseHead) {
        exchange = nil
        guard case .length(let length) = head.framing, length <= Self.discardLimit else {
            return close()
        }
        discardDeadline = pool.onDiscarding(self)
        discarded = 0
    }

    private var isDiscarding: Bool { discardDeadline != nil }

    /// Closes it if the answer should have ended by now; returns when to look again otherwise.
    func endDiscarding(now: Instant) -> Instant? {
        guard let discardDeadline, !isClosed else { return nil }
        guard discardDeadline <= now else { return discardDeadline }
        close()
        return nil
    }

    /// The client is gone or the time is up: the only way to tell HTTP/1.1 is to close.
    func cancel() {
        exchange = nil
        close()
    }

    // MARK: - Ending

    func transportDidReachEnd(_ transport: Transport) {
        guard exchange != nil else { return isDiscarding ? close() : shutIdle() }
        switch parser.onEndOfInput() {
        case .end:
            keepsAlive = false
            onAnswerEnd(hasLeftover: false)
        default: fail(.broken)
        }
    }

    func transport(_ transport: Transport, didFail fault: TransportFault) {
        guard exchange != nil else { return isDiscarding ? close() : shutIdle() }
        if case .tls = fault, !gotBytes, !wasReused { return fail(.tls) }
        fail(.broken)
    }

    func transportDidDrain(_ transport: Transport) {}

    func transportDidBecomeReady(_ transport: Transport) {}

    private func fail(_ fault: AttemptFault) {
        let failed = exchange
        let reused = wasReused
        exchange = nil
        close()
        failed?.onAttemptFailed(fault, wasReused: reused, gotBytes: gotBytes)
    }

    private func close() {
        guard !isClosed else { return }
        shut()
        pool.onClosed(self)
    }

    private func shutIdle() {
        guard !isClosed else { return }
        shut()
        pool.onIdleClosed(self)
    }

    /// Closes the socket; the pool knows already.
    func shut() {
        isClosed = true
        dialing?.cancel()
        dialing = nil
        transport?.close()
    }
}
