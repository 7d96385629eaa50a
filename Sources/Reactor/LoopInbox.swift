// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Synchronization

/// Work that other threads hand to a loop; the only door into it.
///
/// The eventfd is written only when no wake-up is under way, so a burst costs one system call.
public final class LoopInbox: Sendable {
    enum Work: Sendable {
        case call(@Sendable () -> Void)
        case serial(UnownedJob)
        case task(UnownedJob)
    }

    let wakeDescriptor: Int32
    private let pending = Mutex<[Work]>([])
    private let isWaking = Atomic<Bool>(false)

    init() {
        wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(wakeDescriptor >= 0, "no descriptor left for a loop's wake-up")
    }

    deinit { close(wakeDescriptor) }

    /// Runs `body` on the loop, soon and in order.
    public func post(_ body: @escaping @Sendable () -> Void) { enqueue(.call(body)) }

    func enqueue(_ work: Work) {
        pending.withLock { $0.append(work) }
        if !isWaking.exchange(true, ordering: .acquiringAndReleasing) {
            var one: UInt64 = 1
            _ = unsafe write(wakeDescriptor, &one, 8)  // Full only if a wake-up is pending anyway.
        }
    }

    /// Clears the wake-up and takes all work; called on the loop only.
    func drain() -> [Work] {
        var count: UInt64 = 0
        _ = unsafe read(wakeDescriptor, &count, 8)  // Nothing to read is fine.
        isWaking.store(false, ordering: .sequentiallyConsistent)
        return pending.withLock { work in
            let taken = work
            work = []
            return taken
        }
    }
}
