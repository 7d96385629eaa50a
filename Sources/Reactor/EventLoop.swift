// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Core

/// One thread's event loop: descriptors, timers and posted work, all handled in turn.
///
/// Everything but `inbox` and the executors belongs to the loop's own thread. The order of a tick:
/// wait, take the time, ready descriptors (each handler's writes leave before the next handler
/// runs), timers, posted work, and what was put off to the end of the tick.
@safe public final class EventLoop {
    /// Bytes that one read can bring; the block is lent to handlers and never kept.
    public static let readCapacity = 64 * 1024
    /// Blocks of output memory kept for reuse.
    static let spareOutputs = 64
    private static let eventBatch = 256

    /// The time at the start of this tick.
    public private(set) var now: Instant
    public private(set) var wallNow: Timestamp
    public let inbox = LoopInbox()
    public let executor: LoopExecutor
    public let taskExecutor: LoopTaskExecutor
    /// Longest time that one tick kept others waiting, since it was last taken.
    public private(set) var longestTick = Nanoseconds.zero

    /// Transports that are given up and still have something to send.
    public internal(set) var closingCount = 0

    let readBuffer: UnsafeMutableRawBufferPointer
    private let epoll: Int32
    private var handlers = SlotMap<EventHandler>()
    private var timers: TimerWheel<TimerEntry>
    private var dirty: [Transport] = []
    private var unread: [Transport] = []
    private var spare: [ByteStorage] = []
    private var putOff: [TimerEntry] = []
    private var isRunning = true
    private let events: UnsafeMutablePointer<apus_event>

    private struct TimerEntry {
        var handler: EventHandler
        var kind: UInt32
    }

    public init() {
        now = SystemClock.monotonic()
        wallNow = SystemClock.wall()
        timers = TimerWheel(now: now)
        executor = LoopExecutor(inbox: inbox)
        taskExecutor = LoopTaskExecutor(inbox: inbox)
        unsafe readBuffer = .allocate(byteCount: Self.readCapacity, alignment: 16)
        unsafe events = .allocate(capacity: Self.eventBatch)
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(epoll >= 0, "no descriptor left for an event loop")
        let added = apus_epoll_control(
            epoll, EPOLL_CTL_ADD, inbox.wakeDescriptor, Interest.readable.rawValue, .max)
        precondition(added == 0, "a loop cannot hear its own wake-up")
    }

    deinit {
        close(epoll)
        unsafe readBuffer.deallocate()
        unsafe events.deallocate()
    }

    /// Runs until `stop`, on the calling thread.
    public func run() {
        executor.bindToThisThread()
        while isRunning { tick() }
    }

    /// Ends `run` after the current tick; on the loop only.
    public func stop() { isRunning = false }

    private func tick() {
        let count = unsafe apus_epoll_wait(
            epoll, events, Int32(Self.eventBatch), timeoutMilliseconds())
        now = SystemClock.monotonic()
        wallNow = SystemClock.wall()
        var hasWork = false
        for index in 0..<Int(max(count, 0)) {
            let event = unsafe events[index]
            if event.payload == .max {
                hasWork = true
            } else if let handler = handlers[SlotHandle(bits: event.payload)] {
                handler.onReady(Readiness(rawValue: event.events))
                flushDirty()
            }
        }
        while let timer = timers.pop(at: now) {
            timer.handler.onTimer(timer.kind)
            flushDirty()
        }
        readUnread()
        if hasWork {
            runPosted()
            flushDirty()
        }
        callPutOff()
        longestTick = max(longestTick, SystemClock.monotonic().since(now))
    }

    private func timeoutMilliseconds() -> Int32 {
        if !unread.isEmpty { return 0 }
        guard let next = timers.nextDeadline else { return -1 }
        let wait = next.since(SystemClock.monotonic()).value
        // Rounded up, or the loop would spin through the last fraction of a millisecond.
        return Int32(clamping: max(0, (wait + 999_999) / 1_000_000))
    }

    private func runPosted() {
        for work in inbox.drain() {
            switch work {
            case .call(let body): body()
            case .serial(let job):
                unsafe job.runSynchronously(on: executor.asUnownedSerialExecutor())
            case .task(let job):
                unsafe job.runSynchronously(on: taskExecutor.asUnownedTaskExecutor())
            }
        }
    }

    /// Takes and resets the longest tick, for the metric of loop lag.
    public func takeLongestTick() -> Nanoseconds {
        defer { longestTick = .zero }
        return longestTick
    }

    // MARK: - Descriptors

    /// Starts to report readiness of a descriptor; the handler is kept until `unregister`.
    public func register(
        _ descriptor: Int32, _ interest: Interest, handler: EventHandler
    ) -> SlotHandle {
        guard let handle = handlers.insert(handler) else {
            preconditionFailure("more descriptors than an index can count")
        }
        let result = apus_epoll_control(
            epoll, EPOLL_CTL_ADD, descriptor, interest.rawValue, handle.bits)
        precondition(result == 0, "epoll refuses a descriptor")
        return handle
    }

    public func update(_ handle: SlotHandle, _ descriptor: Int32, _ interest: Interest) {
        let result = apus_epoll_control(
            epoll, EPOLL_CTL_MOD, descriptor, interest.rawValue, handle.bits)
        precondition(result == 0, "epoll refuses a change")
    }

    /// Stops reporting; events of this tick for the old handle are dropped by its generation.
    public func unregister(_ handle: SlotHandle, _ descriptor: Int32) {
        _ = apus_epoll_control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0)
        handlers.remove(handle)
    }

    // MARK: - Timers

    /// Calls `handler.onTimer(kind)` at or soon after `deadline`.
    public func schedule(
        at deadline: Instant, _ handler: EventHandler, kind: UInt32
    ) -> TimerHandle {
        timers.schedule(at: deadline, TimerEntry(handler: handler, kind: kind))
    }

    /// Calls `handler.onTimer(kind)` when all else of this tick is done: work nobody waits for.
    public func callAtEndOfTick(_ handler: EventHandler, kind: UInt32) {
        putOff.append(TimerEntry(handler: handler, kind: kind))
    }

    private func callPutOff() {
        guard !putOff.isEmpty else { return }
        let calls = putOff
        putOff = []
        for call in calls {
            call.handler.onTimer(call.kind)
            flushDirty()
        }
    }

    /// Harmless for a timer that has fired.
    public func cancel(_ timer: TimerHandle) { _ = timers.cancel(timer) }

    /// How many timers are on the wheel.
    var timerCountForTest: Int { timers.count }

    // MARK: - Output

    /// The transport has output; it is written before the next handler runs.
    func markDirty(_ transport: Transport) { dirty.append(transport) }

    private func flushDirty() {
        // Taken out, not looked at: a handler has one or two of them, whose order says nothing.
        while let transport = dirty.popLast() { transport.flush() }
    }

    /// The transport may have more to read; it has its turn in the next tick.
    func readAgain(_ transport: Transport) { unread.append(transport) }

    private func readUnread() {
        guard !unread.isEmpty else { return }
        let turn = unread
        unread = []
        for transport in turn {
            transport.read()
            flushDirty()
        }
    }

    /// A block for a transport's output, from the spare ones if there is one.
    func takeOutput() -> ByteWriter {
        if let storage = spare.popLast() { return ByteWriter(reusing: storage) }
        return ByteWriter(capacity: Transport.outputCapacity)
    }

    /// Takes back a block that nothing refers to any more.
    func recycle(_ writer: consuming ByteWriter) {
        guard spare.count < Self.spareOutputs, writer.capacity == Transport.outputCapacity else {
            return
        }
        if let storage = writer.reclaim() { spare.append(storage) }
    }
}
