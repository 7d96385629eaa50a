// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Cluster

@Suite struct WidePoolTests {
    private let seeds = [
        WidePool.Seed(region: "s", address: Fixture.address(80)),
        WidePool.Seed(region: "t", address: Fixture.address(90)),
    ]

    private func cluster(_ count: Int) -> HandCarriedCluster {
        var cluster = HandCarriedCluster(count)
        cluster.run(until: 3000)
        return cluster
    }

    private func pool(_ number: Int, bridges: Int = 2) -> WidePool {
        WidePool(
            region: "r", address: Fixture.address(60 + number), seeds: seeds, bridges: bridges)
    }

    /// A bridge of another region as it stands in a wide view.
    private func wideMachine(knowing region: String? = nil) -> MembershipMachine {
        var machine = Fixture.machine(50, settings: .wide)
        guard let region else { return machine }
        var profile = Fixture.profile(51)
        profile.region = region
        let update = StandingUpdate(Fixture.id(51), Standing(.alive, .zero))
        machine.merge(update, profile, from: .exchange(Fixture.id(51)), now: Fixture.at(1))
        return machine
    }

    @Test("as many nodes as wanted begin, each says where, and all agree who")
    func election() {
        let cluster = cluster(5)
        var begun = 0
        for index in 0..<5 {
            var pool = pool(index)
            let actions = pool.onRegion(cluster.machines[index], now: Fixture.at(3000))
            guard pool.isBridge else {
                #expect(actions.isEmpty)
                continue
            }
            begun += 1
            #expect(actions.first == .begin)
            #expect(actions.count == 2)
            #expect(pool.onRegion(cluster.machines[index], now: Fixture.at(3001)).isEmpty)
        }
        #expect(begun == 2)
    }

    @Test("a node whose fellows are all down is a bridge in the end, and no longer than needed")
    func lonely() {
        var machine = Fixture.machine(1)
        var pool = pool(0)
        var beganAt: Int?
        for time in stride(from: 0, to: 20_000, by: 10) where beganAt == nil {
            let now = Fixture.at(time)
            guard machine.deadline <= now else { continue }
            let actions = machine.onTimer(now: now)
            let isLooking = actions.contains { if case .resolveSeeds = $0 { true } else { false } }
            if isLooking {
                _ = machine.onSeeds([Fixture.address(8), Fixture.address(9)], now: now)
            }
            if pool.onRegion(machine, now: now).first == .begin { beganAt = time }
        }
        #expect(!machine.isJoined)
        #expect((4000..<8000).contains(beganAt ?? 0), "\(beganAt ?? -1)")
    }

    @Test("a bridge that drains yields after the hand-over, unless it is elected again")
    func handover() {
        var cluster = cluster(1)
        var pool = pool(0)
        #expect(pool.onRegion(cluster.machines[0], now: Fixture.at(3000)).first == .begin)
        _ = cluster.machines[0].setDraining(true, now: Fixture.at(3100))
        #expect(pool.onRegion(cluster.machines[0], now: Fixture.at(3100)).isEmpty)
        _ = cluster.machines[0].setDraining(false, now: Fixture.at(4000))
        #expect(pool.onRegion(cluster.machines[0], now: Fixture.at(9000)).isEmpty)
        _ = cluster.machines[0].setDraining(true, now: Fixture.at(9100))
        #expect(pool.onRegion(cluster.machines[0], now: Fixture.at(9100)).isEmpty)
        #expect(pool.onRegion(cluster.machines[0], now: Fixture.at(14_099)).isEmpty)
        let end = pool.onRegion(cluster.machines[0], now: Fixture.at(14_100))
        #expect(end == [.publish(nil), .resign])
        #expect(!pool.isBridge)
    }

    @Test("seeds are asked for only in regions of which no bridge is alive")
    func missingRegions() {
        let cluster = cluster(1)
        let pool = pool(0)
        let none = pool.seeds(cluster.machines[0], wideMachine())
        #expect(none == [pool.address, Fixture.address(80), Fixture.address(90)])
        let some = pool.seeds(cluster.machines[0], wideMachine(knowing: "s"))
        #expect(some == [pool.address, Fixture.address(90)])
    }

    @Test("a region is told of once when it comes and once when it goes")
    func regions() {
        let cluster = cluster(1)
        var pool = pool(0)
        #expect(pool.onWide(wideMachine(knowing: "s")).isEmpty)
        _ = pool.onRegion(cluster.machines[0], now: Fixture.at(3000))
        #expect(pool.onWide(wideMachine(knowing: "s")) == [.region("s", isReachable: true)])
        #expect(pool.onWide(wideMachine(knowing: "s")).isEmpty)
        #expect(pool.onWide(wideMachine()) == [.region("s", isReachable: false)])
        _ = pool.onWide(wideMachine(knowing: "t"))
        #expect(pool.onEnd() == [.publish(nil), .region("t", isReachable: false)])
    }

    @Test("a node that is no bridge refers to those that are, and the caller goes there")
    func referral() throws {
        var cluster = cluster(2)
        var bridge = pool(1)
        let actions = bridge.onRegion(cluster.machines[1], now: Fixture.at(3000))
        guard case .publish(let value) = actions.last else {
            Issue.record("the bridge does not say where it listens")
            return
        }
        let told = try cluster.machines[1].publish(
            value, for: WidePool.recordKey, urgency: .urgent, now: Fixture.at(3000))
        cluster.carry(told, from: 1)
        var caller = wideMachine()
        let asked = caller.onSeeds([Fixture.address(70)], now: Fixture.at(10))
        let opened = asked.compactMap { action -> (UInt64, Bytes)? in
            if case .open(let stream, _, let frame, _) = action { (stream, frame) } else { nil }
        }
        let (stream, frame) = try #require(opened.first)
        let answer = try #require(pool(0).referral(for: frame, cluster.machines[0]))
        let next = caller.onStreamReply(
            stream, answer, from: Fixture.id(99), now: Fixture.at(20))
        let places = next.compactMap { action -> (UInt64, PeerAddress)? in
            if case .open(let stream, let place, _, _) = action { (stream, place) } else { nil }
        }
        #expect(places.map(\.1) == [bridge.address])
        // A second referral leads nowhere: two nodes that refer to each other end here.
        let end = caller.onStreamReply(
            places[0].0, answer, from: Fixture.id(98), now: Fixture.at(30))
        #expect(!end.contains { if case .open = $0 { true } else { false } })
    }

    @Test("a referral cut short or with too many addresses is taken for what it is")
    func hostileReferral() {
        let whole = StreamFrame.referral(to: (1...20).map { Fixture.address($0) })
        #expect(StreamFrame.referral(in: whole)?.count == StreamFrame.referralLimit)
        for length in 0..<whole.count {
            #expect(StreamFrame.referral(in: whole.prefix(length)) == nil)
        }
    }
}
