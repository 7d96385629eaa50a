// SPDX-License-Identifier: Apache-2.0
internal import Core

extension MembershipMachine {
    static let choresPeriod = Duration.seconds(10)
    /// A stall from which on the node asks a peer what it missed.
    static let longStall = Duration.seconds(1)

    /// Opens an input: accounts for a stall; false when the machine takes no part.
    mutating func begin(_ now: Instant) -> Bool {
        guard phase != .idle, phase != .ended else { return false }
        answersLeft = 512
        let due = max(deadline, stallsNotedUntil)
        if now > due, now - due > settings.probePeriod / 2 { noteStall(of: now - due, now: now) }
        return true
    }

    /// Closes an input: pushes urgent news, sets the next deadline, hands out the actions.
    mutating func end(_ now: Instant) -> [MembershipAction] {
        flushUrgentNews()
        if liveCount > peak.largest { peak.note(liveCount, now: now) }
        if queue.isEmpty {
            schedule.gossip = .distantFuture
        } else if schedule.gossip == .distantFuture {
            schedule.gossip = now + settings.gossipPeriod
        }
        switch phase {
        case .idle, .ended: deadline = .distantFuture
        case .leaving(let until): deadline = min(until, schedule.gossip)
        case .joining, .member:
            deadline = schedule.earliest(probe: round?.deadline ?? schedule.probe)
        }
        var actions: [MembershipAction] = []
        swap(&actions, &output)
        return actions
    }

    /// While we did not run, nobody could answer us: that time accuses nobody but ourselves.
    private mutating func noteStall(of pause: Duration, now: Instant) {
        stallsNotedUntil = now
        let periods = pause.nanoseconds / max(settings.probePeriod.nanoseconds, 1)
        health.adjust(by: Int(min(1 + periods, 3)), now: now)
        guard !settings.mutations.contains(.blamesOthersForStalls) else { return }
        round?.isTainted = true
        for id in suspects {
            guard let slot = table.slot(of: id) else { continue }
            table.update(slot) { $0.suspicion?.postpone(by: pause) }
        }
        findSuspicionDeadline()
        if pause >= Self.longStall { hastenExchange(now, within: .milliseconds(50)) }
    }

    mutating func doChores(_ now: Instant) {
        schedule.chores = now + Self.choresPeriod
        peak.note(liveCount, now: now)
        var expired: [MemberID] = []
        for (slot, member) in table.members.enumerated() where !member.isLive {
            let life = life(of: member.standing)
            let age = now - member.since
            if age >= life {
                expired.append(member.id)
            } else if member.isTold, age >= life * 0.9 {
                // First all stop telling of it, then all forget: nobody learns it anew.
                table.update(slot) { $0.isTold = false }
            }
        }
        for id in expired { forget(id) }
    }

    /// How long a tombstone is kept.
    func life(of standing: Standing) -> Duration {
        standing.isFinal ? settings.departureLife : settings.tombstoneLife
    }

    mutating func forget(_ id: MemberID) {
        guard id != self.id else { return }
        table.remove(id)
        queue.remove(.member(id))
        output.append(.forgot(id))
    }
}
