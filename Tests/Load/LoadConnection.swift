// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Reactor

/// One connection of the generator; carries one request at a time and measures it.
final class LoadConnection: EventHandler, TransportDelegate {
    private unowned let run: LoadRun
    private var attempt: ConnectAttempt?
    private var transport: Transport?
    private var parser = HTTP1ResponseParser()
    private var events = EventStreamParser()
    /// When the request under way was meant to leave; nil between two.
    private var intended: Instant?
    private var isAborting = false
    private var sawToken = false
    private var sawError = false
    private var keepsAlive = true
    private var timer = DeadlineTimer()
    private var isClosed = false

    init(run: LoadRun) {
        self.run = run
        super.init()
    }

    // MARK: - Out

    /// Sends the request, connecting first if that has not been done.
    func send(_ intended: Instant) {
        self.intended = intended
        isAborting = run.drawsAbort()
        sawToken = false
        sawError = false
        run.onSent()
        timer.set(run.loop.now + run.options.timeout, on: run.loop, self)
        guard transport != nil else { return connect() }
        write()
    }

    private func connect() {
        attempt = ConnectAttempt(loop: run.loop, address: run.options.address) { [weak self] in
            self?.onConnected($0)
        }
    }

    private func onConnected(_ result: Result<Int32, TransportFault>) {
        attempt = nil
        guard case .success(let descriptor) = result else { return fail(.connect) }
        let transport = Transport(loop: run.loop, descriptor: descriptor, peer: nil)
        self.transport = transport
        transport.delegate = self
        write()
    }

    private func write() {
        guard let intended else { return }
        parser.begin(method: run.options.isGet ? .get : .post)
        if run.options.isStream { events = EventStreamParser() }
        transport?.write(run.request)
        if run.isMeasured(intended) {
            run.totals.sent += 1
            run.totals.lateness.record(SystemClock.monotonic() - intended)
        }
        // A stream is closed on its first token, a whole answer before it can have come.
        if isAborting, !run.options.isStream { cutShort() }
    }

    // MARK: - In

    func transportDidBecomeReady(_ transport: Transport) {}

    func transportDidDrain(_ transport: Transport) {}

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        run.totals.bytesIn += bytes.count
        let now = SystemClock.monotonic()
        var offset = 0
        while !isClosed, intended != nil {
            let rest = bytes.extracting(offset..<bytes.count)
            let (consumed, event) = parser.next(rest)
            offset += consumed
            switch event {
            case .needMore: return
            case .informational: continue
            case .head(let head): onHead(head)
            case .body(let range):
                if run.options.isStream { onStream(rest.extracting(range), now) }
            case .end: return onEnd(now)
            case .failure: return fail(.badAnswer)
            }
        }
    }

    private func onHead(_ head: ResponseHead) {
        keepsAlive = head.keepAlive
        // A held stream may have begun before the measuring.
        if let intended, run.isMeasured(intended) || run.options.held != nil {
            run.totals.statuses[head.status, default: 0] += 1
        }
    }

    private func onStream(_ bytes: Span<UInt8>, _ now: Instant) {
        // Out of `self` and back, so that what it lends lives as long as the variable.
        var events = EventStreamParser()
        swap(&events, &self.events)
        defer { swap(&events, &self.events) }
        var offset = 0
        while offset < bytes.count {
            let rest = bytes.extracting(offset..<bytes.count)
            let (consumed, event) = events.next(rest)
            offset += consumed
            guard case .event(let found) = event else { return }
            let data = events.data(of: found, in: rest)
            if data.hasPrefix("{\"error\"") { sawError = true }
            onEvent(stamp: EventStamp.read(data), now)
            if isClosed { return }
        }
    }

    private func onEvent(stamp: EventStamp, _ now: Instant) {
        guard let intended, stamp != .none else { return }
        let isMeasured = run.isMeasured(intended)
        if isMeasured { run.totals.events += 1 }
        if !sawToken {
            sawToken = true
            if isMeasured { run.totals.firstToken.record(now - intended) }
            if isAborting { return cutShort() }
        }
        // A held stream may last longer than the run: what counts is when the event came.
        if case .stamped(let sent) = stamp, now >= run.measuredFrom, now < run.measuredUntil {
            run.totals.relay.record(now - sent)
        }
    }

    private func onEnd(_ now: Instant) {
        guard let intended else { return }
        if sawError { return fail(.errorEvent) }
        if run.isMeasured(intended) {
            run.totals.completed += 1
            run.totals.latency.record(now - intended)
        }
        settle()
        keepsAlive ? run.onFree(self) : close()
    }

    // MARK: - The end

    func transportDidReachEnd(_ transport: Transport) {
        guard intended != nil else { return close() }
        if case .end = parser.onEndOfInput() {
            keepsAlive = false
            return onEnd(SystemClock.monotonic())
        }
        fail(.closedEarly)
    }

    func transport(_ transport: Transport, didFail fault: TransportFault) {
        intended == nil ? close() : fail(.reset)
    }

    override func onTimer(_ kind: UInt32) {
        guard timer.isDue(on: run.loop, self) else { return }
        if intended != nil { fail(.timeout) }
    }

    /// Goes away on purpose.
    private func cutShort() {
        if let intended, run.isMeasured(intended) { run.totals.aborted += 1 }
        settle()
        close()
    }

    private func fail(_ failure: LoadTotals.Failure) {
        if let intended, run.isMeasured(intended) {
            run.totals.failures[failure, default: 0] += 1
        }
        settle()
        close()
    }

    private func settle() {
        guard intended != nil else { return }
        intended = nil
        timer.clear()
        run.onSettled()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        timer.cancel(on: run.loop)
        attempt?.cancel()
        // What is written leaves first, so that a request cut short has been sent.
        transport?.delegate = nil
        transport?.closeAfterFlush()
        run.onClosed(self)
    }
}

/// What an event of a stream says about its time.
enum EventStamp: Equatable {
    /// No content: a role, a usage, the end.
    case none
    case unstamped
    case stamped(Instant)

    private static let mark: StaticString = "\"content\":\""

    /// Looks for content, and for digits behind one blank in it.
    static func read(_ data: Span<UInt8>) -> EventStamp {
        guard let start = contentStart(data), start < data.count, data[start] != 0x22 else {
            return .none
        }
        var end = start + 1
        while end < data.count, ASCII.isDigit(data[end]) { end += 1 }
        guard data[start] == 0x20, end - start > 10,
            let nanoseconds = data.extracting(start + 1..<end).decimal
        else { return .unstamped }
        return .stamped(Instant(nanoseconds: Int64(nanoseconds)))
    }

    private static func contentStart(_ data: Span<UInt8>) -> Int? {
        let length = mark.utf8CodeUnitCount
        var index = 0
        while let quote = data.firstIndex(of: 0x22, from: index) {
            guard quote + length <= data.count else { return nil }
            if data.extracting(quote..<quote + length).equals(mark) { return quote + length }
            index = quote + 1
        }
        return nil
    }
}
