// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Cluster

@Suite struct DetectionTests {
    @Test(
        "a suspicion shrinks with confirmations: 6 s, 2.85 s, 1 s",
        arguments: [(0, 6000), (1, 2845), (2, 1000), (5, 1000)])
    func suspicion(confirmations: Int, milliseconds: Int64) {
        var suspicion = Suspicion(
            Accusation(accuser: Fixture.id(1)), start: Fixture.at(0), members: 8,
            settings: .region)
        for number in 0..<confirmations {
            let isNew = suspicion.confirm(Accusation(accuser: Fixture.id(2 + number)))
            #expect(isNew)
        }
        #expect((suspicion.deadline - Fixture.at(0)).milliseconds == milliseconds)
    }

    @Test("the same accuser twice does not confirm")
    func sameAccuser() {
        var suspicion = Suspicion(
            Accusation(accuser: Fixture.id(1)), start: Fixture.at(0), members: 8,
            settings: .region)
        let isNew = suspicion.confirm(Accusation(accuser: Fixture.id(1)))
        #expect(!isNew)
        #expect(suspicion.confirmations == 0)
    }

    @Test("three members expect no confirmation, more members get more time")
    func sizes() {
        let small = Suspicion(
            Accusation(accuser: Fixture.id(1)), start: Fixture.at(0), members: 3,
            settings: .region)
        #expect(small.timeout == .seconds(1))
        let large = Suspicion.shortest(members: 1000, settings: .region)
        #expect(abs((large - .seconds(3)).milliseconds) < 1)
    }

    @Test("local health is bounded, and bad for three seconds means degraded")
    func health() {
        var health = LocalHealth()
        health.adjust(by: -5, now: Fixture.at(0))
        #expect(health.score == 0)
        health.adjust(by: 100, now: Fixture.at(0))
        #expect(health.score == 7)
        #expect(!health.isDegraded(now: Fixture.at(2999)))
        #expect(health.isDegraded(now: Fixture.at(3000)))
        health.adjust(by: -4, now: Fixture.at(3000))
        #expect(!health.isDegraded(now: Fixture.at(9000)))
    }

    @Test("every peer is probed once before any is probed again")
    func probeList() {
        var generator = SeededGenerator(seed: 7)
        var list = ProbeList()
        let peers = (1...20).map { Fixture.id($0) }
        for peer in peers { list.insert(peer, using: &generator) }
        _ = (0..<20).map { _ in list.next(using: &generator) { _ in true } }
        for _ in 0..<5 {
            let round = (0..<20).compactMap { _ in list.next(using: &generator) { _ in true } }
            #expect(round.sorted() == peers)
        }
        let live = (0..<19).compactMap { _ in list.next(using: &generator) { $0 != peers[3] } }
        #expect(live.sorted() == peers.filter { $0 != peers[3] })
    }

    @Test("three deaths in ten minutes damp a member for a minute, two do not")
    func damping() {
        var damping = FlapDamping()
        damping.noteDeath(now: Fixture.at(0))
        damping.noteDeath(now: Fixture.at(300_000))
        #expect(!damping.isDamped(now: Fixture.at(300_001)))
        damping.noteDeath(now: Fixture.at(600_000))
        #expect(damping.isDamped(now: Fixture.at(659_999)))
        #expect(!damping.isDamped(now: Fixture.at(660_001)))
    }

    @Test("the recent peak outlives a fall for most of an hour and then follows")
    func peak() {
        var peak = RecentPeak()
        peak.note(9, now: Fixture.at(0))
        peak.note(3, now: Fixture.at(3_300_000 - 1))
        #expect(peak.largest == 9)
        peak.note(3, now: Fixture.at(3_900_000))
        #expect(peak.largest == 3)
    }
}
