// SPDX-License-Identifier: Apache-2.0
import CLinux
import Core
import Reactor

/// Wakes a loop at exact times; the loop's own timers are a millisecond coarse.
final class Pacemaker: EventHandler {
    private unowned let loop: EventLoop
    private let descriptor: Int32
    private let onBeat: () -> Void

    init(loop: EventLoop, onBeat: @escaping () -> Void) {
        self.loop = loop
        self.onBeat = onBeat
        apus_sharpen_timers()
        descriptor = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK))
        precondition(descriptor >= 0, "no descriptor left for a timer")
        super.init()
        _ = loop.register(descriptor, .readable, handler: self)
    }

    /// The next beat; replaces one that has not come yet.
    func set(_ instant: Instant) {
        // Zero would switch the timer off.
        let nanoseconds = max(instant.nanoseconds, 1)
        var time = itimerspec()
        time.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        timerfd_settime(descriptor, Int32(TFD_TIMER_ABSTIME), &time, nil)
    }

    override func onReady(_ readiness: Readiness) {
        var beats: UInt64 = 0
        while apus_read(descriptor, &beats, 8) == 8 {}
        onBeat()
    }
}
