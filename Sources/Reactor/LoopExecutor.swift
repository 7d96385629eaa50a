// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Synchronization

/// Runs the jobs of actors that are pinned to a loop.
///
/// Apart from `LoopTaskExecutor` on purpose: one class that is both makes every switch on the loop
/// three to seven times slower, and a job must run with the executor it was enqueued for.
public final class LoopExecutor: SerialExecutor {
    let inbox: LoopInbox
    private let thread = Atomic<UInt>(0)

    init(inbox: LoopInbox) {
        self.inbox = inbox
        bindToThisThread()
    }

    /// The calling thread is the loop's: first the one that makes it, then the one that runs it.
    func bindToThisThread() { thread.store(UInt(pthread_self()), ordering: .relaxed) }

    public func enqueue(_ job: consuming ExecutorJob) { inbox.enqueue(.serial(UnownedJob(job))) }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Handlers of the loop may enter its actors directly: `assumeIsolated` asks here.
    public func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    public func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "an actor is entered from another thread")
    }
}

/// Runs tasks that prefer a loop over the global pool.
public final class LoopTaskExecutor: TaskExecutor {
    let inbox: LoopInbox

    init(inbox: LoopInbox) { self.inbox = inbox }

    public func enqueue(_ job: consuming ExecutorJob) { inbox.enqueue(.task(UnownedJob(job))) }
}
