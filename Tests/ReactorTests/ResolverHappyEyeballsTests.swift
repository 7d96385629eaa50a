// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Reactor

@Suite struct ResolverHappyEyeballsTests {
    private let four = (1...3).map { SocketAddress(v4: $0, port: 443) }
    private let six = (1...3).map { SocketAddress(v6High: 0x2001_0DB8 << 32, low: $0, port: 443) }

    private func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test("families take turns, the first address's family first")
    func interleaving() {
        #expect(
            HappyEyeballs.interleaved(six + four)
                == [six[0], four[0], six[1], four[1], six[2], four[2]])
        #expect(
            HappyEyeballs.interleaved([four[0]] + six) == [four[0], six[0], six[1], six[2]])
        #expect(HappyEyeballs.interleaved(four) == four)
        #expect(HappyEyeballs.interleaved([]).isEmpty)
    }

    @Test("a slow first address gets a rival after 250 ms, and the faster wins")
    func stagger() {
        var race = HappyEyeballs([six[0], four[0], six[1]])
        #expect(race.start(now: at(0)) == .connect(attempt: 0, six[0], wakeAt: at(250)))
        #expect(race.onTimer(now: at(249)) == .wait)
        #expect(race.onTimer(now: at(250)) == .connect(attempt: 1, four[0], wakeAt: at(500)))
        #expect(race.onConnected(attempt: 1) == .won(attempt: 1, cancel: [0]))
        #expect(race.onTimer(now: at(500)) == .wait)
        #expect(race.onConnected(attempt: 0) == .wait)
        #expect(race.onFailed(attempt: 0, code: 111, now: at(600)) == .wait)
    }

    @Test("a failure starts the next address at once and moves the timer")
    func failureAdvances() {
        var race = HappyEyeballs(four)
        _ = race.start(now: at(0))
        #expect(
            race.onFailed(attempt: 0, code: 111, now: at(10))
                == .connect(attempt: 1, four[1], wakeAt: at(260)))
        // The timer of the first attempt comes too early for the third.
        #expect(race.onTimer(now: at(250)) == .wait)
        #expect(race.onTimer(now: at(260)) == .connect(attempt: 2, four[2], wakeAt: nil))
        #expect(race.onTimer(now: at(900)) == .wait)
        #expect(race.onFailed(attempt: 2, code: 113, now: at(901)) == .wait)
        #expect(race.onConnected(attempt: 1) == .won(attempt: 1, cancel: []))
    }

    @Test("when all have failed, all reasons are told")
    func exhaustion() {
        var race = HappyEyeballs(Array(four.prefix(2)))
        _ = race.start(now: at(0))
        _ = race.onTimer(now: at(250))
        #expect(race.onFailed(attempt: 1, code: 111, now: at(300)) == .wait)
        #expect(race.onFailed(attempt: 1, code: 111, now: at(300)) == .wait)
        #expect(
            race.onFailed(attempt: 0, code: 110, now: at(400))
                == .exhausted([
                    HappyEyeballs.Failure(address: four[1], code: 111),
                    HappyEyeballs.Failure(address: four[0], code: 110),
                ]))
        #expect(race.onFailed(attempt: 0, code: 110, now: at(400)) == .wait)
    }

    @Test("one address needs no timer, none has failed at once")
    func edges() {
        var single = HappyEyeballs([four[0]])
        #expect(single.start(now: at(0)) == .connect(attempt: 0, four[0], wakeAt: nil))
        var none = HappyEyeballs([])
        #expect(none.start(now: at(0)) == .exhausted([]))
    }

    @Test("a race ends once, with every address tried or cancelled", arguments: 0..<100)
    func randomWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let addresses = HappyEyeballs.interleaved(four + six)
        var race = HappyEyeballs(addresses)
        var open: Set<Int> = []
        var (ends, now) = (0, Int64(0))
        var action = race.start(now: at(0))
        for _ in 0..<1000 {
            switch action {
            case .connect(let attempt, let address, let wakeAt):
                #expect(address == addresses[attempt])
                #expect(open.insert(attempt).inserted)
                #expect((wakeAt == nil) == (attempt == addresses.count - 1))
            case .wait: break
            case .won(let attempt, let cancel):
                #expect(open.remove(attempt) != nil && Set(cancel) == open)
                ends += 1
            case .exhausted(let failures):
                #expect(failures.count == addresses.count)
                ends += 1
            }
            if ends > 0 { break }
            now += Int64(random.next() % 100)
            let attempt = open.min() ?? 0
            switch random.next() % 4 {
            case 0 where !open.isEmpty && random.next() % 4 == 0:
                action = race.onConnected(attempt: attempt)
                continue
            case 1 where !open.isEmpty:
                open.remove(attempt)
                action = race.onFailed(attempt: attempt, code: 111, now: at(now))
            default: action = race.onTimer(now: at(now))
            }
        }
        #expect(ends == 1)
    }
}
