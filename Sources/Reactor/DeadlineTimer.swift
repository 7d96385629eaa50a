// SPDX-License-Identifier: Apache-2.0
public import Core

/// A deadline that moves often and is rarely reached: it costs a comparison to move it later.
///
/// The wheel's timer is left where it is when the deadline moves back; when it fires too early it
/// is set again. Only an earlier deadline touches the wheel.
public struct DeadlineTimer {
    public private(set) var deadline = Instant.distantFuture
    private var armedAt = Instant.distantFuture
    private var timer: TimerHandle?

    public init() {}

    /// Moves the deadline; `handler.onTimer(kind)` must then ask `isDue`.
    public mutating func set(
        _ deadline: Instant, on loop: EventLoop, _ handler: EventHandler, kind: UInt32 = 0
    ) {
        self.deadline = deadline
        guard deadline < armedAt else { return }
        if let timer { loop.cancel(timer) }
        timer = loop.schedule(at: deadline, handler, kind: kind)
        armedAt = deadline
    }

    /// Forgets the deadline; the wheel's timer may still fire once and find nothing due.
    public mutating func clear() { deadline = .distantFuture }

    /// Whether the deadline has passed; if not, the wheel's timer is set again.
    public mutating func isDue(
        on loop: EventLoop, _ handler: EventHandler, kind: UInt32 = 0
    ) -> Bool {
        timer = nil
        armedAt = .distantFuture
        if deadline <= loop.now {
            deadline = .distantFuture
            return true
        }
        if deadline < .distantFuture { set(deadline, on: loop, handler, kind: kind) }
        return false
    }

    /// Takes the timer off the wheel, so that it no longer keeps the handler alive.
    public mutating func cancel(on loop: EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        armedAt = .distantFuture
        deadline = .distantFuture
    }
}
