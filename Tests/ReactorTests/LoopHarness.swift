// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor
import Synchronization
import Testing

/// An event loop on its own thread, for tests: runs closures there and waits for what they promise.
final class LoopHarness: Sendable {
    private let holder: Holder
    private let thread: LoopThread

    /// The loop and what is waited for; touched on the loop's thread only, once it runs.
    private final class Holder: @unchecked Sendable {  // Sendable: see above.
        let loop = EventLoop()
        var watches: [Watch] = []
    }

    init() {
        let holder = Holder()
        self.holder = holder
        thread = LoopThread(name: "harness") { holder.loop.run() }
    }

    deinit {
        holder.loop.inbox.post { [holder] in holder.loop.stop() }
        thread.join()
    }

    var inbox: LoopInbox { holder.loop.inbox }

    /// Carries what only one thread at a time touches.
    private final class Box<Value>: @unchecked Sendable {  // Sendable: the other thread waits.
        var value: Value

        init(_ value: Value) { self.value = value }
    }

    /// Runs `body` on the loop and waits for its result.
    @discardableResult
    func run<Value, Failure: Error>(
        _ body: @escaping (EventLoop) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let outcome = Box<Result<Value, Failure>?>(nil)
        let task = Box(body)
        let signal = ThreadSignal()
        holder.loop.inbox.post { [holder] in
            outcome.value = Result { () throws(Failure) in try task.value(holder.loop) }
            signal.raise()
        }
        signal.wait()
        // '!': set before the signal.
        return try outcome.value!.get()
    }

    /// Evaluates what is waited for; handlers under test call it on the loop when they hear.
    func poke() {
        for watch in holder.watches { watch.check() }
    }

    /// Waits until `condition` holds, which is looked at on the loop at each `poke`.
    ///
    /// With `polling` the loop looks once a millisecond as well, for what nobody reports. After ten
    /// seconds it counts as failed.
    func wait(
        polling: Bool = false, at location: SourceLocation = #_sourceLocation,
        until condition: @escaping () -> Bool
    ) {
        let signal = ThreadSignal()
        let watch = run { [holder] loop in
            let made = Watch(loop, polling: polling, signal: signal, condition: condition)
            holder.watches.append(made)
            made.check()
            return made
        }
        signal.wait()
        let isMet = run { [holder] _ in
            holder.watches.removeAll { $0 === watch }
            return watch.end()
        }
        #expect(isMet, "what was waited for did not happen", sourceLocation: location)
    }

    /// A condition that somebody waits for.
    private final class Watch: EventHandler {
        private static let patience = Nanoseconds(.seconds(10))
        private static let interval = Nanoseconds(.milliseconds(1))

        private let loop: EventLoop
        private let isPolling: Bool
        private let signal: ThreadSignal
        private var condition: (() -> Bool)?
        private var isMet = false
        private let deadline: Instant
        private var timer: TimerHandle?

        init(
            _ loop: EventLoop, polling: Bool, signal: ThreadSignal, condition: @escaping () -> Bool
        ) {
            self.loop = loop
            isPolling = polling
            self.signal = signal
            self.condition = condition
            deadline = loop.now + Self.patience
            super.init()
            schedule()
        }

        private func schedule() {
            let next = isPolling ? loop.now + Self.interval : deadline
            timer = loop.schedule(at: next, self, kind: 0)
        }

        func check() {
            guard let condition, condition() else { return }
            isMet = true
            finish()
        }

        override func onTimer(_ kind: UInt32) {
            timer = nil
            check()
            guard condition != nil else { return }
            if loop.now >= deadline { finish() } else { schedule() }
        }

        private func finish() {
            condition = nil
            if let timer { loop.cancel(timer) }
            timer = nil
            signal.raise()
        }

        /// Whether the condition came to hold.
        func end() -> Bool { isMet }
    }
}
