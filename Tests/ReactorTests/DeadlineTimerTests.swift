// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Reactor

@Suite struct DeadlineTimerTests {
    private let harness = LoopHarness()

    /// Counts how often the wheel called, and how often something was due.
    private final class Owner: EventHandler {
        let loop: EventLoop
        let harness: LoopHarness
        var timer = DeadlineTimer()
        var calls = 0
        var dues: [Instant] = []

        init(_ loop: EventLoop, _ harness: LoopHarness) {
            self.loop = loop
            self.harness = harness
        }

        func set(_ milliseconds: Int64) {
            timer.set(loop.now + Nanoseconds.milliseconds(milliseconds), on: loop, self, kind: 5)
        }

        override func onTimer(_ kind: UInt32) {
            #expect(kind == 5)
            calls += 1
            if timer.isDue(on: loop, self, kind: 5) { dues.append(loop.now) }
            harness.poke()
        }
    }

    @Test("a deadline that moves later costs the wheel one call, and keeps its last place")
    func later() {
        let owner = harness.run { Owner($0, harness) }
        let last = harness.run { loop in
            owner.set(1)
            for wait in 1...20 { owner.set(Int64(60_000 + wait)) }
            #expect(loop.timerCountForTest == 1)
            return owner.timer.deadline
        }
        harness.wait { owner.calls == 1 }
        #expect(owner.dues.isEmpty)
        #expect(harness.run { _ in owner.timer.deadline } == last)
        #expect(harness.run { $0.timerCountForTest } == 1)
        harness.run { _ in owner.set(1) }
        harness.wait { !owner.dues.isEmpty }
        #expect(owner.calls == 2)
        #expect(harness.run { _ in owner.timer.deadline } == .distantFuture)
    }

    @Test("a deadline that moves earlier is due earlier, once")
    func earlier() {
        let owner = harness.run { Owner($0, harness) }
        harness.run { loop in
            owner.set(60_000)
            owner.set(1)
            #expect(loop.timerCountForTest == 1)
        }
        harness.wait { !owner.dues.isEmpty }
        #expect(owner.calls == 1)
        #expect(harness.run { $0.timerCountForTest } == 0)
    }

    @Test("a cleared deadline is never due, though the wheel may call")
    func clear() {
        let owner = harness.run { Owner($0, harness) }
        harness.run { _ in
            owner.set(1)
            owner.timer.clear()
        }
        harness.wait { owner.calls == 1 }
        #expect(owner.dues.isEmpty)
        #expect(harness.run { $0.timerCountForTest } == 0)
        harness.run { _ in owner.set(1) }
        harness.wait { owner.dues.count == 1 }
    }

    @Test("a cancelled deadline leaves the wheel, and can be set anew")
    func cancel() {
        let owner = harness.run { Owner($0, harness) }
        harness.run { loop in
            owner.set(60_000)
            owner.timer.cancel(on: loop)
            owner.timer.cancel(on: loop)
            #expect(loop.timerCountForTest == 0)
            #expect(owner.timer.deadline == .distantFuture)
            owner.set(1)
        }
        harness.wait { owner.dues.count == 1 }
        #expect(owner.calls == 1)
    }
}
