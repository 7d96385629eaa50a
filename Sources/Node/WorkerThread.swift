// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Gateway
internal import Reactor

/// A worker on its own thread, and the only way for other threads to reach it.
final class WorkerThread: Sendable {
    let address: SocketAddress
    private let inbox: LoopInbox
    private let thread: LoopThread
    private let holder: Holder

    /// Carries the worker to those who post work to its loop.
    // Sendable: `worker` is touched on the worker's loop only.
    private final class Holder: @unchecked Sendable {
        var worker: Worker?
    }

    /// What a worker is made of; sent to its thread.
    struct Plan: Sendable {
        var index: Int
        var snapshot: LoadedSnapshot
        var seed: UInt64
        var address: SocketAddress
        var resolver: Resolver
        var trust: TrustStore
        var makeReporter: @Sendable (EventLoop) -> Reporter
    }

    private typealias Start = Result<(LoopInbox, SocketAddress), ListenFault>

    /// Starts the thread and waits until it listens.
    init(_ plan: Plan) throws(ListenFault) {
        let outcome = ThreadOutcome<Start>()
        let holder = Holder()
        thread = LoopThread(name: "apus-worker-\(plan.index)") { Self.run(plan, holder, outcome) }
        self.holder = holder
        (inbox, address) = try outcome.wait().get()
    }

    private static func run(_ plan: Plan, _ holder: Holder, _ outcome: ThreadOutcome<Start>) {
        let loop = EventLoop()
        let worker = Worker(
            loop: loop, snapshot: plan.snapshot, seed: plan.seed,
            dialer: UpstreamDialer(loop: loop, resolver: plan.resolver, trust: plan.trust),
            reporter: plan.makeReporter(loop))
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

    /// Runs `body` on the worker's loop, soon.
    func perform(_ body: @escaping @Sendable (Worker) -> Void) {
        inbox.post { [holder] in
            if let worker = holder.worker { body(worker) }
        }
    }

    /// Breaks off what is left, ends the loop and waits for the thread.
    func stop() {
        perform { worker in
            worker.close()
            worker.loop.stop()
        }
        join()
    }

    /// Waits until its loop has ended.
    func join() { thread.join() }
}
