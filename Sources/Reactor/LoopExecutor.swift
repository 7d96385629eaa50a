// SPDX-License-Identifier: Apache-2.0

/// Runs the jobs of actors that are pinned to a loop.
///
/// Apart from `LoopTaskExecutor` on purpose: one class that is both makes every switch on the loop
/// three to seven times slower, and a job must run with the executor it was enqueued for.
public final class LoopExecutor: SerialExecutor {
    let inbox: LoopInbox

    init(inbox: LoopInbox) { self.inbox = inbox }

    public func enqueue(_ job: consuming ExecutorJob) { inbox.enqueue(.serial(UnownedJob(job))) }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }
}

/// Runs tasks that prefer a loop over the global pool.
public final class LoopTaskExecutor: TaskExecutor {
    let inbox: LoopInbox

    init(inbox: LoopInbox) { self.inbox = inbox }

    public func enqueue(_ job: consuming ExecutorJob) { inbox.enqueue(.task(UnownedJob(job))) }
}
