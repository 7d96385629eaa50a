// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Gateway
internal import Reactor
internal import Synchronization

/// A worker on its own thread, and the only way for other threads to reach it.
final class WorkerThread: @unchecked Sendable {  // Sendable: `worker` is touched on its loop only.
    let inbox: LoopInbox
    private let thread: LoopThread
    private let worker: Unowned

    /// Carries a reference over to the loop that owns it.
    private final class Unowned: @unchecked Sendable {  // Sendable: set once, before anybody reads.
        var worker: Worker?
    }

    /// What a worker is made of; sent to its thread.
    struct Plan: Sendable {
        var index: Int
        var snapshot: Snapshot
        var seed: UInt64
        var address: SocketAddress
        var makeReporter: @Sendable (EventLoop) -> Reporter
    }

    /// Starts the thread and waits until it listens.
    static func start(_ plan: Plan) throws(ListenFault) -> WorkerThread {
        let outcome = StartOutcome()
        let holder = Unowned()
        let thread = LoopThread(name: "apus-worker-\(plan.index)") {
            let loop = EventLoop()
            let worker = Worker(
                loop: loop, snapshot: plan.snapshot, seed: plan.seed,
                dialer: UpstreamDialer(loop: loop), reporter: plan.makeReporter(loop))
            do throws(ListenFault) {
                let address = try worker.listen(on: plan.address)
                holder.worker = worker
                outcome.set(.success((loop.inbox, address)))
            } catch {
                return outcome.set(.failure(error))
            }
            loop.run()
            holder.worker = nil
        }
        let (inbox, address) = try outcome.wait().get()
        return WorkerThread(inbox: inbox, thread: thread, worker: holder, address: address)
    }

    let address: SocketAddress

    private init(inbox: LoopInbox, thread: LoopThread, worker: Unowned, address: SocketAddress) {
        self.inbox = inbox
        self.thread = thread
        self.worker = worker
        self.address = address
    }

    /// Runs `body` on the worker's loop, soon.
    func perform(_ body: @escaping @Sendable (Worker) -> Void) {
        inbox.post { [worker] in
            if let worker = worker.worker { body(worker) }
        }
    }

    /// Ends the loop and waits for the thread.
    func stop() {
        perform { $0.loop.stop() }
        thread.join()
    }
}

/// Hands the outcome of a start from the new thread to the one that waits.
private final class StartOutcome: Sendable {
    typealias Outcome = Result<(LoopInbox, SocketAddress), ListenFault>

    private let outcome = Mutex<Outcome?>(nil)
    private let signal = ThreadSignal()

    func set(_ value: Outcome) {
        outcome.withLock { $0 = value }
        signal.raise()
    }

    func wait() -> Outcome {
        signal.wait()
        return outcome.withLock { value in
            guard let value else { preconditionFailure("a start was signalled without outcome") }
            return value
        }
    }
}
