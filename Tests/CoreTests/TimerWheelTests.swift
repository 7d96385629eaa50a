// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct TimerWheelTests {
    static func at(_ microseconds: Int64) -> Instant {
        Instant(nanoseconds: 5_000_000_000 + microseconds * 1_000)
    }

    private func fired(_ wheel: inout TimerWheel<Int>, _ microseconds: Int64) -> [Int] {
        var payloads: [Int] = []
        wheel.advance(to: Self.at(microseconds)) { payloads.append($0) }
        return payloads
    }

    @Test("a timer fires in the tick after its deadline, never before it")
    func neverEarly() {
        var wheel = TimerWheel<Int>(now: Self.at(0))
        _ = wheel.schedule(at: Self.at(1_500), 1)
        #expect(fired(&wheel, 1_499) == [])
        #expect(fired(&wheel, 1_999) == [])
        #expect(fired(&wheel, 2_000) == [1])
        #expect(wheel.count == 0)
    }

    @Test("timers fire tick by tick, and in order of scheduling within a tick")
    func order() {
        var wheel = TimerWheel<Int>(now: Self.at(0))
        let deadlines: [Int64] = [9_000, 3_000, 8_200, 70_000, 9_000, 8_900, 5_000_000, 3_000]
        for (index, deadline) in deadlines.enumerated() {
            _ = wheel.schedule(at: Self.at(deadline), index)
        }
        #expect(fired(&wheel, 6_000_000) == [1, 7, 0, 2, 4, 5, 3, 6])
    }

    @Test("a cancelled timer does not fire, and cancelling what has gone is harmless")
    func cancel() {
        var wheel = TimerWheel<Int>(now: Self.at(0))
        let first = wheel.schedule(at: Self.at(1_000), 1)
        let second = wheel.schedule(at: Self.at(1_000), 2)
        #expect(wheel.cancel(first) == 1)
        #expect(wheel.cancel(first) == nil)
        #expect(fired(&wheel, 1_000) == [2])
        let third = wheel.schedule(at: Self.at(2_000), 3)
        #expect(wheel.cancel(second) == nil)
        #expect(wheel.isScheduled(third) == true)
        #expect(fired(&wheel, 2_000) == [3])
    }

    @Test("a timer moves under its handle")
    func reschedule() {
        var wheel = TimerWheel<Int>(now: Self.at(0))
        let handle = wheel.schedule(at: Self.at(1_000), 1)
        #expect(wheel.reschedule(handle, at: Self.at(900_000)) == true)
        #expect(fired(&wheel, 899_999) == [])
        #expect(fired(&wheel, 900_000) == [1])
        #expect(wheel.reschedule(handle, at: Self.at(1)) == false)
    }

    @Test("a deadline in the past fires on the next tick, so that firing ends")
    func past() {
        var wheel = TimerWheel<Int>(now: Self.at(0))
        #expect(fired(&wheel, 10_000) == [])
        _ = wheel.schedule(at: Self.at(-7_000), 1)
        var rounds = 0
        while let payload = wheel.pop(at: Self.at(11_000)), rounds < 10 {
            _ = wheel.schedule(at: Self.at(11_000), payload)
            rounds += 1
        }
        #expect(rounds == 1)
        #expect(wheel.nextDeadline == Self.at(12_000))
    }

    @Test("the next deadline is exact nearby, never late, and absent when nothing is scheduled")
    func nextDeadline() {
        var wheel = TimerWheel<Int>(now: Self.at(0))
        #expect(wheel.nextDeadline == nil)
        _ = wheel.schedule(at: .distantFuture, 0)
        _ = wheel.schedule(at: Self.at(172_800_000_000), 1)
        #expect((wheel.nextDeadline ?? .distantFuture) <= Self.at(172_800_000_000))
        let near = wheel.schedule(at: Self.at(40_500), 2)
        #expect(wheel.nextDeadline == Self.at(41_000))
        wheel.cancel(near)
        // Two days off: following the hints reaches the deadline in few steps, and not before it.
        var steps = 0
        var payloads: [Int] = []
        while payloads.isEmpty, let next = wheel.nextDeadline, steps < 10 {
            wheel.advance(to: next) { payloads.append($0) }
            if payloads.isEmpty { #expect(next < Self.at(172_800_000_000)) }
            steps += 1
        }
        #expect(payloads == [1])
        #expect(steps <= 6)
    }

    @Test("a payload is let go when its timer fires or is cancelled, and with the wheel")
    func ownership() {
        final class Witness {}
        weak var fired: Witness?
        weak var cancelled: Witness?
        weak var left: Witness?
        do {
            var wheel = TimerWheel<Witness>(now: Self.at(0))
            do {
                let (one, two, three) = (Witness(), Witness(), Witness())
                (fired, cancelled, left) = (one, two, three)
                _ = wheel.schedule(at: Self.at(1_000), one)
                wheel.cancel(wheel.schedule(at: Self.at(1_000), two))
                _ = wheel.schedule(at: Self.at(9_000), three)
            }
            wheel.advance(to: Self.at(2_000)) { _ in }
            #expect(fired == nil)
            #expect(cancelled == nil)
            #expect(left != nil)
        }
        #expect(left == nil)
    }

    @Test("a random walk agrees with a sorted list", arguments: 1...20)
    func randomWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var wheel = TimerWheel<Int>(now: Self.at(0))
        var model: [(tick: Int64, payload: Int, handle: TimerHandle)] = []
        var (now, elapsed) = (Int64(0), Int64(0))
        for step in 0..<3_000 {
            switch random.next() % 8 {
            case 0...3:
                let distance = Int64(1) << Int64(random.next() % 38)
                let deadline = now + Int64(random.next() % UInt64(distance * 2)) - 2_000
                let handle = wheel.schedule(at: Self.at(deadline), step)
                let due = max((max(deadline, 0) + 999) / 1_000, elapsed + 1)
                model.append((due, step, handle))
            case 4 where !model.isEmpty:
                let victim = model.remove(at: Int(random.next() % UInt64(model.count)))
                #expect(wheel.cancel(victim.handle) == victim.payload)
                #expect(wheel.isScheduled(victim.handle) == false)
            default:
                now += Int64(random.next() % (1 << (random.next() % 32)))
                elapsed = now / 1_000
                let due = model.enumerated().filter { $0.element.tick <= elapsed }
                    .sorted { ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset) }
                model.removeAll { $0.tick <= elapsed }
                #expect(fired(&wheel, now) == due.map(\.element.payload))
            }
            #expect(wheel.count == model.count)
            if let earliest = model.map(\.tick).min() {
                #expect((wheel.nextDeadline ?? .distantFuture) <= Self.at(earliest * 1_000))
            }
        }
    }
}
