// SPDX-License-Identifier: Apache-2.0
public import Core

extension MembershipMachine {
    /// Seeds contacted at a time.
    static let contactLimit = 3
    /// Looks at the seeds before a node that others have contacted counts itself in.
    static let joinPatience = 5

    /// Before the start: takes a member of an earlier life, as a snapshot has it, for alive.
    ///
    /// If it is gone, probes will find out; if it has refuted meanwhile, an exchange will.
    public mutating func remember(_ id: MemberID, _ profile: MemberProfile, now: Instant) {
        precondition(phase == .idle, "a machine remembers before it starts")
        guard id != self.id, table.slot(of: id) == nil else { return }
        table.insert(
            Member(id: id, standing: Standing(.alive, .zero), profile: profile, since: now))
        table.claimName(profile.name, for: id)
        probes.insert(id, using: &generator)
    }

    /// Asks for the seeds; soon again while nobody is known, else for ever in the rejoin period.
    mutating func lookForSeeds(_ now: Instant) {
        guard !isLeaving else {
            schedule.rejoin = .distantFuture
            return
        }
        if phase == .joining {
            joinAttempts += 1
            // Others may have found us while no seed answers: then we belong to them.
            if joinAttempts > Self.joinPatience, !table.peers.isEmpty {
                phase = .member
                output.append(.joined)
            }
        }
        let period = phase == .joining ? Duration.seconds(1) : settings.rejoinPeriod
        let jitter = 0.8 + 0.4 * generator.unitInterval()
        schedule.rejoin = now + period * jitter
        if settings.mutations.contains(.neverRejoins), phase == .member { return }
        output.append(.resolveSeeds)
        knock(now)
    }

    /// Takes the addresses that the seeds stand for, the node's own among them or not.
    ///
    /// Strangers among them are contacted, at most three at a time. With fewer than half of them
    /// alive in our view the node calls itself isolated.
    public mutating func onSeeds(_ addresses: [PeerAddress], now: Instant) -> [MembershipAction] {
        guard begin(now), !isLeaving else { return [] }
        var known: Set<PeerAddress> = []
        if let own = table[id]?.profile?.address { known.insert(own) }
        var alive = 1
        for peer in table.peers {
            guard let slot = table.slot(of: peer), table.members[slot].status == .alive,
                let address = table.members[slot].profile?.address
            else { continue }
            known.insert(address)
            alive += 1
        }
        var strangers = addresses.filter { !known.contains($0) }
        strangers.sort()
        strangers.shuffle(using: &generator)
        for address in strangers.prefix(Self.contactLimit) { openExchange(at: address, now: now) }
        if strangers.isEmpty, phase == .joining {
            // Nobody else is listed: the first node of a cluster.
            phase = .member
            output.append(.joined)
        }
        noteIsolation(alive * 2 < addresses.count)
        return end(now)
    }

    private mutating func noteIsolation(_ isolated: Bool) {
        guard isolated != isIsolated else { return }
        isIsolated = isolated
        output.append(.isolated(isolated))
    }

    /// Tells one random dead member so: if it lives after all, it will say so.
    ///
    /// Every second for ten minutes after a death, so that a healed partition or a false death
    /// ends soon; after that in the rejoin period.
    mutating func knock(_ now: Instant) {
        schedule.knock = .distantFuture
        var seen = 0
        var chosen: MemberID?
        for slot in table.members.indices {
            let standing = table.members[slot].standing
            guard standing.status == .dead, !standing.isFinal, table.members[slot].boot != nil
            else { continue }
            seen += 1
            if Int.random(in: 0..<seen, using: &generator) == 0 { chosen = table.members[slot].id }
        }
        guard let chosen, !isLeaving else { return }
        if now < knockUntil { schedule.knock = now + Self.knockPeriod }
        send(nil, to: chosen)
    }

    /// A member died: it will hear of that for a while.
    mutating func expectKnocks(_ now: Instant) {
        guard !settings.mutations.contains(.neverRejoins) else { return }
        knockUntil = now + Self.knockPatience
        schedule.knock = min(schedule.knock, now + Self.knockPeriod)
    }

    private static let knockPeriod = Duration.seconds(1)
    private static let knockPatience = Duration.seconds(600)

    /// Announces that this node should get no new work, or again some.
    public mutating func setDraining(_ draining: Bool, now: Instant) -> [MembershipAction] {
        guard begin(now), !isLeaving else { return [] }
        setFlag(.draining, draining)
        return end(now)
    }

    /// Says good-bye to all; the machine answers probes a little longer and then ends.
    public mutating func leave(now: Instant) -> [MembershipAction] {
        guard begin(now), !isLeaving, let slot = table.slot(of: id) else { return [] }
        phase = .leaving(until: now + settings.leaveLinger)
        let left = Standing(.left, table.members[slot].incarnation)
        table.update(slot) { $0.standing = left }
        round = nil
        announce(slot, push: .originate)
        flushUrgentNews(reach: UrgentNews.farewellReach)
        return end(now)
    }
}
