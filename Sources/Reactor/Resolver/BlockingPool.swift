// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Core
internal import Synchronization

/// Why a blocking pool did not take a job.
public enum BlockingPoolFault: Error, Hashable, Sendable {
    /// As many jobs as `queueLimit` allows wait already.
    case queueFull
    /// `stop` has been called.
    case stopped
}

/// A few threads for calls that block, such as name look-ups; a full queue refuses.
public final class BlockingPool: Sendable {
    /// How many threads and how long a queue.
    public struct Options: Sendable {
        /// Calls that may block at the same time. More: more memory, fewer waits behind a slow one.
        public var threads = 4
        /// Jobs that may wait for a thread; beyond it, callers are refused at once.
        public var queueLimit = 256

        public init() {}
    }

    private let crew: Crew
    private let threads: [LoopThread]

    /// Starts the threads, which are called `name` and a number.
    public init(name: String = "blocking", options: Options = Options()) {
        precondition(options.threads > 0, "a pool without threads would never do anything")
        let crew = Crew(queueLimit: options.queueLimit)
        self.crew = crew
        threads = (0..<options.threads).map { number in
            LoopThread(name: "\(name)-\(number)") { crew.work() }
        }
    }

    deinit { crew.stop(waking: threads.count) }

    /// Queues a job for some thread; what must come back to a loop posts itself into its inbox.
    public func run(_ job: @escaping @Sendable () -> Void) throws(BlockingPoolFault) {
        try crew.append(job)
    }

    /// Queues work and hands its result to `completion`, on the thread that did the work.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value, completion: @escaping @Sendable (Value) -> Void
    ) throws(BlockingPoolFault) {
        try run { completion(work()) }
    }

    /// Jobs that wait for a thread.
    public var queuedJobs: Int { crew.count }

    /// Refuses new jobs from now on; those queued are still done.
    public func stop() { crew.stop(waking: threads.count) }

    /// Waits until every thread has ended, which needs a `stop` and the end of every job.
    public func join() {
        for thread in threads { thread.join() }
    }
}

/// What the threads of a pool share; it outlives the pool until the last job is done.
private final class Crew: Sendable {
    private struct State {
        var jobs: RingBuffer<@Sendable () -> Void>
        var isStopped = false
    }

    private let state: Mutex<State>
    /// Counts jobs: a read takes one or waits for one.
    private let semaphore: Int32

    init(queueLimit: Int) {
        state = Mutex(State(jobs: RingBuffer(limit: queueLimit)))
        semaphore = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_SEMAPHORE))
        precondition(semaphore >= 0, "no descriptor left for a pool's semaphore")
    }

    deinit { close(semaphore) }

    var count: Int { state.withLock { $0.jobs.count } }

    func append(_ job: @escaping @Sendable () -> Void) throws(BlockingPoolFault) {
        try state.withLock { (state) throws(BlockingPoolFault) in
            guard !state.isStopped else { throw .stopped }
            guard state.jobs.append(job) else { throw .queueFull }
        }
        raise(by: 1)
    }

    func stop(waking threads: Int) {
        let isFirst = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        if isFirst { raise(by: UInt64(threads)) }
    }

    /// The life of a thread: until it is woken and finds nothing left to do.
    func work() {
        while true {
            var count: UInt64 = 0
            guard unsafe read(semaphore, &count, 8) == 8 else { continue }  // Interrupted.
            guard let job = state.withLock({ $0.jobs.popFirst() }) else { return }
            job()
        }
    }

    private func raise(by amount: UInt64) {
        var amount = amount
        _ = unsafe write(semaphore, &amount, 8)  // It cannot overflow before 2^64 jobs wait.
    }
}
