// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor
import Simulation

/// One run: sends on schedule, over connections that are kept, and measures.
final class LoadRun: EventHandler {
    private static let endTimer: UInt32 = 0
    private static let graceTimer: UInt32 = 1
    private static let rampTimer: UInt32 = 2
    /// Connections opened per millisecond while held requests begin.
    private static let rampStep = 5

    let loop: EventLoop
    let options: LoadOptions
    let request: Bytes
    var totals = LoadTotals()
    private var random: SeededGenerator
    private var idle: [LoadConnection] = []
    private var connections: [ObjectIdentifier: LoadConnection] = [:]
    /// Requests that wait for a connection, by the time they were meant to leave.
    private var waiting = RingBuffer<Instant>()
    private var pacemaker: Pacemaker?
    private var start = Instant(nanoseconds: 0)
    private var scheduled = 0
    private var underWay = 0
    private var isEnding = false
    private(set) var measuredFrom = Instant.distantFuture
    private(set) var measuredUntil = Instant.distantFuture

    init(loop: EventLoop, options: LoadOptions) {
        self.loop = loop
        self.options = options
        request = options.request()
        random = SeededGenerator(seed: options.seed)
        super.init()
    }

    /// Runs to the end on the calling thread.
    func run() {
        start = SystemClock.monotonic() + .milliseconds(5)
        measuredFrom = start + options.warmUp
        measuredUntil = measuredFrom + options.duration
        _ = loop.schedule(at: measuredUntil, self, kind: Self.endTimer)
        if options.rate != nil {
            pacemaker = Pacemaker(loop: loop) { [unowned self] in sendDue() }
            pacemaker?.set(start)
        } else {
            _ = loop.schedule(at: start, self, kind: Self.rampTimer)
        }
        loop.run()
    }

    /// Whether a request meant to leave then counts.
    func isMeasured(_ intended: Instant) -> Bool {
        intended >= measuredFrom && intended < measuredUntil
    }

    /// Draws whether the next request is to be aborted.
    func drawsAbort() -> Bool {
        options.abortShare > 0 && random.unitInterval() < options.abortShare
    }

    // MARK: - Open loop

    private func sendDue() {
        guard !isEnding, let rate = options.rate else { return }
        let now = SystemClock.monotonic()
        while true {
            let intended = start + .nanoseconds(Int64(Double(scheduled) / rate * 1e9))
            guard intended < measuredUntil else { return }
            guard intended <= now else {
                pacemaker?.set(intended)
                return
            }
            scheduled += 1
            launch(intended)
        }
    }

    private func launch(_ intended: Instant) {
        if let connection = idle.popLast() {
            connection.send(intended)
        } else if connections.count < options.connections {
            open().send(intended)
        } else {
            _ = waiting.append(intended)  // Bounded by rate and duration.
        }
    }

    private func open() -> LoadConnection {
        let connection = LoadConnection(run: self)
        connections[ObjectIdentifier(connection)] = connection
        return connection
    }

    // MARK: - Held

    private func ramp() {
        guard let held = options.held, !isEnding else { return }
        for _ in 0..<min(Self.rampStep, held - connections.count) {
            open().send(SystemClock.monotonic())
        }
        guard connections.count < held else { return }
        _ = loop.schedule(at: loop.now + .milliseconds(1), self, kind: Self.rampTimer)
    }

    // MARK: - What connections report

    func onSent() {
        underWay += 1
        totals.openMax = max(totals.openMax, underWay)
    }

    func onSettled() {
        underWay -= 1
        if isEnding, underWay == 0, waiting.isEmpty { loop.stop() }
    }

    /// The connection is free for another request.
    func onFree(_ connection: LoadConnection) {
        if let intended = waiting.popFirst() { return connection.send(intended) }
        if isEnding { return connection.close() }
        if options.held != nil { return connection.send(SystemClock.monotonic()) }
        idle.append(connection)
    }

    /// The connection is gone; its place may be taken.
    func onClosed(_ connection: LoadConnection) {
        connections[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
        if options.held != nil, !isEnding {
            // Not at once: a server that refuses would be asked without end.
            _ = loop.schedule(at: loop.now + .milliseconds(10), self, kind: Self.rampTimer)
        } else if let intended = waiting.popFirst() {
            open().send(intended)
        }
    }

    // MARK: - The end

    override func onTimer(_ kind: UInt32) {
        switch kind {
        case Self.endTimer:
            isEnding = true
            // What waits for a connection is still sent: dropping it would flatter the server.
            if underWay == 0 || options.held != nil { return loop.stop() }
            let grace = min(options.timeout, .seconds(10))
            _ = loop.schedule(at: loop.now + grace, self, kind: Self.graceTimer)
        case Self.graceTimer:
            totals.failures[.neverSent, default: 0] += waiting.count
            totals.failures[.timeout, default: 0] += underWay
            totals.failures = totals.failures.filter { $0.value > 0 }
            loop.stop()
        default: ramp()
        }
    }
}
