// SPDX-License-Identifier: Apache-2.0
internal import Core

extension MembershipMachine {
    /// Our own probe failed: suspects the member, or confirms the suspicion of others.
    mutating func suspect(_ target: MemberID, _ accusation: Accusation, now: Instant) {
        guard let slot = table.slot(of: target) else { return }
        let member = table.members[slot]
        switch member.status {
        case .alive:
            let standing = Standing(.suspect, member.incarnation)
            change(slot, to: standing, accusation, because: .probeFailed, now: now)
            announce(slot, push: .none)
            send(nil, to: target)
        case .suspect:
            confirm(slot, accusation, now: now)
        case .dead, .left:
            break
        }
    }

    /// Another accuser shortens the suspicion; only a new one is passed on.
    mutating func confirm(_ slot: Int, _ accusation: Accusation, now: Instant) {
        var isNew = false
        table.update(slot) { isNew = $0.suspicion?.confirm(accusation) ?? false }
        guard isNew, let suspicion = table.members[slot].suspicion else { return }
        schedule.suspicion = min(schedule.suspicion, suspicion.deadline)
        let member = table.members[slot]
        let update = StandingUpdate(member.id, member.standing, accusation: accusation)
        spread(.standing(update), about: .member(member.id), push: .none)
    }

    mutating func expireSuspicions(_ now: Instant) {
        guard !settings.mutations.contains(.neverDeclaresDeath) else {
            schedule.suspicion = .distantFuture
            return
        }
        // Sorted, so that the order of deaths does not depend on the history of the list.
        for id in suspects.sorted() {
            guard let slot = table.slot(of: id), let suspicion = table.members[slot].suspicion,
                now >= suspicion.deadline
            else { continue }
            let dead = Standing(.dead, table.members[slot].incarnation)
            change(slot, to: dead, nil, because: .timeout, now: now)
            announce(slot, push: .originate)
            if settings.mutations.contains(.forgetsTombstones) { forget(id) }
        }
        findSuspicionDeadline()
    }

    mutating func findSuspicionDeadline() {
        var earliest = Instant.distantFuture
        for id in suspects {
            guard let slot = table.slot(of: id), let suspicion = table.members[slot].suspicion
            else { continue }
            earliest = min(earliest, suspicion.deadline)
        }
        schedule.suspicion = earliest
    }

    /// Gives a record a greater standing, with all that hangs on it.
    mutating func change(
        _ slot: Int, to standing: Standing, _ accusation: Accusation?,
        because reason: MemberChange.Reason, now: Instant
    ) {
        let before = table.members[slot]
        let accused = before.suspicion?.accusations ?? []
        var suspicion: Suspicion?
        if standing.status == .suspect {
            let grounds = accusation ?? Accusation(accuser: before.id)
            suspicion = Suspicion(
                grounds, start: now, members: table.peers.count + 1, settings: settings)
        }
        table.update(slot) { member in
            member.standing = standing
            member.suspicion = suspicion
            if before.status != standing.status { member.since = now }
            if standing.isLive { member.isTold = true }
            if standing.status == .dead, !standing.isFinal { member.damping.noteDeath(now: now) }
        }
        trackSuspect(before.id, suspicion)
        let after = table.members[slot]
        followLife(from: before, to: after, now: now)
        output.append(
            .changed(
                MemberChange(
                    member: before.id, name: after.profile?.name, before: before.standing,
                    after: standing, reason: reason,
                    accusations: suspicion?.accusations ?? accused)))
    }

    mutating func trackSuspect(_ id: MemberID, _ suspicion: Suspicion?) {
        if let suspicion {
            if !suspects.contains(id) { suspects.append(id) }
            schedule.suspicion = min(schedule.suspicion, suspicion.deadline)
        } else if let index = suspects.firstIndex(of: id) {
            suspects.swapAt(index, suspects.count - 1)
            suspects.removeLast()
        }
    }

    /// What the end or the return of a member means for the rest of the machine.
    private mutating func followLife(from before: Member, to after: Member, now: Instant) {
        guard before.isLive != after.isLive else { return }
        if after.isLive {
            probes.insert(after.id, using: &generator)
            // A revival is the sign of a healed partition: there is more to repair.
            repairs = Self.repairsAfterRevival
            hastenExchange(now, within: .seconds(1))
        } else {
            if !after.standing.isFinal { expectKnocks(now) }
            for entry in records.removeAll(of: after.id) {
                queue.remove(.record(after.id, entry.key))
                output.append(.recordChanged(RecordKey(owner: after.id, key: entry.key), nil))
            }
        }
    }

    /// Queues what we now hold of a member.
    mutating func announce(_ slot: Int, push: Push, sent: Int = 0) {
        let member = table.members[slot]
        let message = news(about: member, isUrgent: push != .none)
        spread(message, about: .member(member.id), push: push, sent: sent)
    }
}
