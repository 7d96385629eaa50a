// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Cluster

@Suite struct MembershipMachineTests {
    private func settled(_ count: Int, _ settings: ClusterSettings = .region) -> HandCarriedCluster
    {
        var cluster = HandCarriedCluster(count, settings: settings)
        cluster.run(until: 3000)
        return cluster
    }

    private func tell(
        _ cluster: inout HandCarriedCluster, _ index: Int, _ message: WireMessage, from: Int
    ) -> [MembershipAction] {
        cluster.machines[index].onDatagram(
            message.encoded, from: cluster.machines[from].id, at: Fixture.address(from + 1),
            now: Fixture.at(cluster.now))
    }

    @Test("nodes that start together know each other", arguments: [1, 2, 3, 7])
    func join(count: Int) {
        let cluster = settled(count)
        for machine in cluster.machines {
            #expect(machine.isJoined)
            #expect(machine.liveCount == count)
            #expect(machine.digest == cluster.machines[0].digest)
        }
    }

    @Test("a silent node is suspect, then dead, everywhere, with its accusers named")
    func crash() {
        var cluster = settled(5)
        let victim = cluster.machines[4].id
        cluster.silent = [4]
        cluster.run(until: 6500)
        for index in 0..<4 {
            #expect(cluster.machines[index].member(victim)?.status == .dead)
            let death = cluster.changes[index].last { $0.member == victim }
            #expect(death?.accusations.isEmpty == false)
        }
    }

    @Test("an accusation is answered with a greater incarnation", arguments: [0, 5])
    func refutation(incarnation: UInt64) {
        var cluster = settled(3)
        let own = cluster.machines[0].id
        let accusation = StandingUpdate(
            own, Standing(.suspect, Incarnation(rawValue: incarnation)),
            accusation: Accusation(accuser: cluster.machines[1].id))
        let actions = tell(&cluster, 0, .standing(accusation), from: 1)
        #expect(cluster.machines[0].own.incarnation.rawValue == incarnation + 1)
        #expect(cluster.machines[0].own.status == .alive)
        #expect(cluster.machines[0].localHealth.score == 1)
        #expect(!actions.isEmpty)
    }

    @Test("whoever revives a tombstone without its profile learns the profile at an exchange")
    func revivalWithoutProfile() {
        var cluster = settled(2)
        let id = Fixture.id(9)
        let dead = StandingUpdate(id, Standing(.dead, .zero))
        let alive = StandingUpdate(id, Standing(.alive, Incarnation(rawValue: 1)))
        _ = tell(&cluster, 0, .standing(dead), from: 1)
        _ = tell(&cluster, 0, .standing(alive), from: 1)
        #expect(cluster.machines[0].member(id)?.profile == nil)
        _ = tell(&cluster, 1, .member(alive, Fixture.profile(9)), from: 0)
        #expect(cluster.machines[0].digest != cluster.machines[1].digest)
        cluster.run(until: cluster.now + 2000)
        #expect(cluster.machines[0].member(id)?.profile == Fixture.profile(9))
    }

    @Test("a node that remembers the others probes them before it has found a seed")
    func memory() {
        var machine = MembershipMachine(
            id: Fixture.id(1), profile: Fixture.profile(1), settings: .region, seed: 1,
            now: Fixture.at(0))
        for number in 1...3 {
            machine.remember(Fixture.id(number), Fixture.profile(number), now: Fixture.at(0))
        }
        #expect(machine.liveCount == 3)
        _ = machine.start(now: Fixture.at(0))
        let actions = (1...300).flatMap { machine.onTimer(now: Fixture.at($0)) }
        #expect(actions.contains { if case .send = $0 { true } else { false } })
    }

    @Test("a refuted death is told with the profile, for those who hold a bare tombstone")
    func refutedDeath() throws {
        var cluster = settled(3)
        let own = cluster.machines[0].id
        let actions = tell(
            &cluster, 0, .standing(StandingUpdate(own, Standing(.dead, .zero))), from: 1)
        let told = actions.contains { action in
            guard case .send(let payload, _, _) = action else { return false }
            var reader = ByteReader(payload.span)
            while reader.remaining > 0, let message = try? WireMessage(from: &reader) {
                if case .member(let update, _) = message, update.subject == own { return true }
            }
            return false
        }
        #expect(told)
    }

    @Test("what is older than what is known changes nothing and is answered")
    func staleAlive() {
        var cluster = settled(3)
        let subject = cluster.machines[2].id
        cluster.silent = [2]
        cluster.run(until: 8000)
        #expect(cluster.machines[0].member(subject)?.status == .dead)
        let stale = StandingUpdate(subject, Standing(.alive, .zero))
        let actions = tell(&cluster, 0, .standing(stale), from: 1)
        #expect(cluster.machines[0].member(subject)?.status == .dead)
        let receivers = actions.compactMap { action -> MemberID? in
            if case .send(_, let receiver, _) = action { receiver } else { nil }
        }
        #expect(receivers.contains(subject))
        #expect(receivers.contains(cluster.machines[1].id))
    }

    @Test("a death learned in an exchange is a suspicion at first")
    func exchangedDeath() {
        var cluster = settled(3)
        let subject = cluster.machines[2].id
        var writer = ByteWriter()
        StreamFrame.write(StreamFrame.Head(.remainder), to: &writer)
        WireMessage.standing(StandingUpdate(subject, Standing(.dead, .zero))).write(to: &writer)
        let sender = cluster.machines[1].id
        _ = cluster.machines[0].onStreamRequest(
            writer.finish(), from: sender, now: Fixture.at(cluster.now))
        #expect(cluster.machines[0].member(subject)?.status == .suspect)
    }

    @Test("a later process takes the name; the earlier one is dead for good")
    func replacement() {
        var cluster = settled(3)
        let old = cluster.machines[2].id
        let new = Fixture.id(99)
        let profile = Fixture.profile(99, name: "node-3", boot: 2)
        let update = StandingUpdate(new, Standing(.alive, .zero))
        _ = tell(&cluster, 0, .member(update, profile), from: 1)
        #expect(cluster.machines[0].member(old)?.standing == .replaced)
        #expect(cluster.machines[0].member(new)?.status == .alive)
        #expect(cluster.machines[0].boot(of: old) == nil)
        let higher = StandingUpdate(old, Standing(.alive, Incarnation(rawValue: 9)))
        _ = tell(&cluster, 0, .standing(higher), from: 1)
        #expect(cluster.machines[0].member(old)?.standing == .replaced)
    }

    @Test("a process whose name is taken ends with a clear word")
    func displacement() {
        var cluster = settled(2)
        let profile = Fixture.profile(99, name: "node-1", boot: 7)
        let update = StandingUpdate(Fixture.id(99), Standing(.alive, .zero))
        let actions = tell(&cluster, 0, .member(update, profile), from: 1)
        let displaced = actions.contains { action in
            if case .displaced(Fixture.id(99), BootTime(rawValue: 7)) = action {
                true
            } else {
                false
            }
        }
        #expect(displaced)
        #expect(cluster.machines[0].hasEnded)
        #expect(cluster.machines[0].onTimer(now: Fixture.at(9000)).isEmpty)
    }

    @Test("a leave is known at once and never becomes a suspicion")
    func leave() {
        var cluster = settled(4)
        let leaver = cluster.machines[1].id
        let actions = cluster.machines[1].leave(now: Fixture.at(cluster.now))
        cluster.carry(actions, from: 1)
        for index in [0, 2, 3] {
            #expect(cluster.machines[index].member(leaver)?.status == .left)
        }
        cluster.run(until: 4500)
        #expect(cluster.machines[1].hasEnded)
        let suspicions = cluster.changes.joined().count { $0.after.status == .suspect }
        #expect(suspicions == 0)
    }

    @Test("after a stall nobody is accused for the time that was lost")
    func stall() {
        var cluster = settled(4)
        cluster.silent = [3]
        cluster.run(until: cluster.now + 900)
        let suspects = cluster.machines[0].members.filter { $0.status == .suspect }
        #expect(suspects.count == 1)
        let deadline = cluster.machines[0].members.compactMap(\.suspicion).map(\.deadline).min()
        let resumed = cluster.now + 60_000
        _ = cluster.machines[0].onTimer(now: Fixture.at(resumed))
        #expect(cluster.machines[0].members.allSatisfy { $0.status != .dead })
        let postponed = cluster.machines[0].members.compactMap(\.suspicion).map(\.deadline).min()
        #expect(postponed.map { $0 - Fixture.at(0) > .seconds(50) } == true)
        #expect(deadline.map { $0 - Fixture.at(0) < .seconds(50) } == true)
        #expect(cluster.machines[0].localHealth.score >= 3)
    }

    @Test("draining is announced to all")
    func draining() {
        var cluster = settled(3)
        cluster.carry(cluster.machines[0].setDraining(true, now: Fixture.at(cluster.now)), from: 0)
        let seen = cluster.machines[2].member(cluster.machines[0].id)?.profile
        #expect(seen?.isDraining == true)
        #expect(seen?.version == 1)
    }

    @Test("records reach all, newer editions win, and they end with their owner")
    func records() throws {
        var cluster = settled(3)
        let owner = cluster.machines[0].id
        let key = RecordKey(owner: owner, key: "breaker")
        for text in ["open", "closed"] {
            let actions = try cluster.machines[0].publish(
                Bytes(text), for: "breaker", urgency: .urgent, now: Fixture.at(cluster.now))
            cluster.carry(actions, from: 0)
            #expect(cluster.machines[2].value(of: key)?.string == text)
        }
        cluster.silent = [0]
        cluster.run(until: 9000)
        #expect(cluster.machines[2].value(of: key) == nil)
        cluster.silent = []
        cluster.run(until: 16_000)
        #expect(cluster.machines[2].value(of: key) == "closed")
    }

    @Test("a record that is too large, or one too many, is refused")
    func recordLimits() throws {
        var machine = Fixture.machine(1)
        let large = Bytes(Array(repeating: 0, count: ApplicationRecord.valueLimit + 1))
        #expect(throws: PublishError.valueTooLong) {
            try machine.publish(large, for: "k", now: Fixture.at(1))
        }
        let long = String(repeating: "k", count: RecordKey.limit + 1)
        #expect(throws: PublishError.keyTooLong) {
            try machine.publish("v", for: long, now: Fixture.at(1))
        }
        for number in 0..<ApplicationRecord.countLimit {
            _ = try machine.publish("v", for: "k\(number)", now: Fixture.at(1))
        }
        #expect(throws: PublishError.tooManyRecords) {
            try machine.publish("v", for: "more", now: Fixture.at(1))
        }
    }

    @Test("a tombstone is forgotten at the end of its life, and its keys with it")
    func tombstones() {
        var settings = ClusterSettings.region
        settings.tombstoneLife = .seconds(30)
        var cluster = settled(3, settings)
        let victim = cluster.machines[2].id
        cluster.silent = [2]
        cluster.run(until: 9000)
        #expect(cluster.machines[0].member(victim)?.status == .dead)
        cluster.run(until: 60_000)
        #expect(cluster.machines[0].member(victim) == nil)
        #expect(cluster.machines[0].members.count == 2)
    }

    @Test("bridge nodes: rendezvous over the healthy, and few change when one goes")
    func bridges() {
        var cluster = settled(7)
        let now = Fixture.at(cluster.now)
        let elected = BridgeElection.elect(2, region: "r", from: cluster.machines[0], now: now)
        #expect(elected.count == 2)
        for machine in cluster.machines {
            #expect(BridgeElection.elect(2, region: "r", from: machine, now: now) == elected)
        }
        // '!': two were elected out of seven.
        let index = cluster.machines.firstIndex { $0.id == elected[0] }!
        cluster.carry(cluster.machines[index].setDraining(true, now: now), from: index)
        let next = BridgeElection.elect(
            2, region: "r", from: cluster.machines[(index + 1) % 7], now: now)
        #expect(next.contains(elected[1]))
        #expect(!next.contains(elected[0]))
        #expect(
            BridgeElection.elect(2, region: "elsewhere", from: cluster.machines[0], now: now)
                .isEmpty)
    }
}
