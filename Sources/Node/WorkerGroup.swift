// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Crypto
internal import Gateway
internal import Reactor

/// All workers of a node, as its control loop sees them.
///
/// They are told by messages and answer by messages: the control loop never waits for a worker.
final class WorkerGroup {
    let address: SocketAddress
    let workers: [WorkerThread]
    private let control: EventLoop
    let trust = TrustStore()

    /// Starts `count` workers that share one address; a port of 0 becomes a real one.
    init(
        _ snapshot: LoadedSnapshot, count: Int, control: EventLoop,
        makeReporter: @escaping @Sendable (EventLoop) -> Reporter
    ) throws(ListenFault) {
        self.control = control
        let resolver = Resolver(pool: BlockingPool(name: "apus-resolve"))
        guard let wanted = SocketAddress(snapshot.values.listen.api) else {
            preconditionFailure("the configuration let a bad address through")
        }
        var workers: [WorkerThread] = []
        let address = try Listener.probe(wanted)
        for index in 0..<count {
            do throws(ListenFault) {
                workers.append(
                    try WorkerThread(
                        .init(
                            index: index, snapshot: snapshot, seed: RandomBytes.seed(),
                            address: address, resolver: resolver, trust: trust,
                            makeReporter: makeReporter)))
            } catch {
                for worker in workers { worker.stop() }
                throw error
            }
        }
        self.workers = workers
        self.address = address
    }

    func apply(_ snapshot: LoadedSnapshot) { perform { $0.apply(snapshot) } }

    func drain() { perform { $0.drain() } }

    func expire() { perform { $0.expire() } }

    /// Ends all workers at once; tells on the control loop how many did not answer in time, whose
    /// threads are then given up.
    func stop(within limit: Duration, _ body: @escaping (_ stuck: Int) -> Void) {
        let end: @Sendable (Worker) -> Void = { worker in
            worker.close()
            worker.loop.stop()
        }
        ask(within: limit, first: end) { [workers] reports in
            for (worker, report) in zip(workers, reports) where report != nil { worker.join() }
            body(reports.count { $0 == nil })
        }
    }

    private func perform(_ body: @escaping @Sendable (Worker) -> Void) {
        for worker in workers { worker.perform(body) }
    }

    /// Asks every worker what it has open.
    ///
    /// `body` is called on the control loop, once, when all have answered or when the time is up,
    /// with nil for those that did not.
    func ask(within limit: Duration, _ body: @escaping ([WorkerReport?]) -> Void) {
        ask(within: limit, first: { _ in }, body)
    }

    private func ask(
        within limit: Duration, first: @escaping @Sendable (Worker) -> Void,
        _ body: @escaping ([WorkerReport?]) -> Void
    ) {
        let carrier = LoopBound(
            WorkerPoll(count: workers.count, loop: control, limit: limit, body))
        for (index, worker) in workers.enumerated() {
            worker.perform { [inbox = control.inbox] worker in
                first(worker)
                let report = worker.report
                inbox.post { carrier.value.receive(report, from: index) }
            }
        }
    }
}

/// A reference that any thread may carry but only its own loop may open.
final class LoopBound<Value>: @unchecked Sendable {  // Sendable: `value` is used on its loop only.
    let value: Value

    init(_ value: Value) { self.value = value }
}

/// One question to all workers.
private final class WorkerPoll: EventHandler {
    private var reports: [WorkerReport?]
    private var missing: Int
    private var body: (([WorkerReport?]) -> Void)?
    private let loop: EventLoop
    private var timer: TimerHandle?

    init(
        count: Int, loop: EventLoop, limit: Duration, _ body: @escaping ([WorkerReport?]) -> Void
    ) {
        reports = Array(repeating: nil, count: count)
        missing = count
        self.loop = loop
        self.body = body
        super.init()
        timer = loop.schedule(at: loop.now + limit, self, kind: 0)
    }

    func receive(_ report: WorkerReport, from index: Int) {
        guard reports[index] == nil else { return }
        reports[index] = report
        missing -= 1
        if missing == 0 { finish() }
    }

    override func onTimer(_ kind: UInt32) {
        timer = nil
        finish()
    }

    private func finish() {
        if let timer { loop.cancel(timer) }
        timer = nil
        let body = self.body
        self.body = nil
        body?(reports)
    }
}
