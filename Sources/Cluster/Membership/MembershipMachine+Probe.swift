// SPDX-License-Identifier: Apache-2.0
internal import Core

extension MembershipMachine {
    /// Moves the running round on, or begins one.
    mutating func stepProbe(_ now: Instant) {
        guard !isLeaving else {
            round = nil
            return
        }
        if let running = round {
            if now >= running.endsAt {
                conclude(running, now)
            } else if running.stage == .direct, now >= running.helpAt {
                askHelpers(now)
            }
        } else if now >= schedule.probe {
            beginRound(now)
        }
    }

    var isLeaving: Bool {
        if case .leaving = phase { true } else { false }
    }

    private mutating func beginRound(_ now: Instant) {
        round = nil
        let stretched = settings.probePeriod * health.stretch
        schedule.probe = now + stretched
        let table = table
        guard
            let target = probes.next(
                using: &generator,
                isLive: { id in
                    table.slot(of: id).map { table.members[$0].livePosition >= 0 } ?? false
                })
        else { return }
        sequence &+= 1
        round = ProbeRound(
            target: target, sequence: sequence, startedAt: now,
            helpAt: now + waitForAnswer(of: target), endsAt: now + stretched)
        send(.ping(sequence: sequence), to: target)
    }

    /// Three times the slowest round trip to the target's zone, within the settings' bounds.
    private func waitForAnswer(of target: MemberID) -> Duration {
        guard let slot = table.slot(of: target), let profile = table.members[slot].profile else {
            return settings.shortestWait
        }
        let expected = latency.slowest(zone: profile.zone).map { $0 * 3 } ?? .zero
        let wait = min(max(expected, settings.shortestWait), settings.longestWait)
        return wait * health.stretch
    }

    private mutating func askHelpers(_ now: Instant) {
        guard var running = round else { return }
        running.stage = .indirect
        let wait = running.helpAt - running.startedAt
        let request = WireMessage.probeRequest(
            sequence: running.sequence, target: running.target,
            milliseconds: UInt16(clamping: wait.milliseconds))
        let helpers = chooseHelpers(for: running.target)
        running.helpers = UInt8(helpers.count)
        round = running
        for helper in helpers { send(request, to: helper) }
        openPing(running)
    }

    /// Random peers other than the target, from two zones when there are two.
    private mutating func chooseHelpers(for target: MemberID) -> [MemberID] {
        var helpers = randomPeers(settings.fanOut, except: target)
        guard helpers.count > 1, helpers.count < table.peers.count - 1 else { return helpers }
        let zone = zone(of: helpers[0])
        guard helpers.allSatisfy({ self.zone(of: $0) == zone }) else { return helpers }
        for _ in 0..<8 {
            guard let other = randomPeers(1, except: target).first else { break }
            if self.zone(of: other) != zone {
                helpers[helpers.count - 1] = other
                break
            }
        }
        return helpers
    }

    private func zone(of id: MemberID) -> String? { table[id]?.profile?.zone }

    private mutating func conclude(_ ended: ProbeRound, _ now: Instant) {
        if ended.stage == .answered {
            if !ended.isTainted { health.adjust(by: -1, now: now) }
        } else if !ended.isTainted, ended.stage == .indirect {
            health.adjust(by: ended.penalty, now: now)
            var evidence = Accusation.Evidence()
            evidence.helpers = ended.helpers
            evidence.nacks = ended.nacks
            evidence.health = UInt8(health.score)
            let wait = (ended.helpAt - ended.startedAt).milliseconds
            evidence.waitMilliseconds = UInt8(clamping: wait)
            suspect(ended.target, Accusation(accuser: id, evidence: evidence), now: now)
        }
        judgeSelf(now)
        beginRound(now)
    }

    mutating func noteAck(_ sequence: UInt32, from sender: MemberID, health: UInt8, now: Instant) {
        if let running = round, running.sequence == sequence, running.target == sender {
            round?.stage = .answered
            guard let slot = table.slot(of: sender) else { return }
            let roundTrip = now - running.startedAt
            table.noteAck(slot, now: now, roundTrip: roundTrip, health: health)
            if let zone = table.members[slot].profile?.zone {
                latency.note(roundTrip, zone: zone)
            }
        } else if let index = relays.firstIndex(where: { $0.sequence == sequence }),
            relays[index].target == sender
        {
            let relay = relays.remove(at: index)
            send(.relayedAck(sequence: relay.requesterSequence), to: relay.requester)
        }
    }

    /// Probes `target` on behalf of `requester`.
    mutating func relay(
        _ sequence: UInt32, _ target: MemberID, wait: Duration, for requester: MemberID,
        now: Instant
    ) {
        guard relays.count < RelayedProbe.limit, table.slot(of: target) != nil, target != id else {
            refusals.relays += 1
            return
        }
        self.sequence &+= 1
        // A nack after 0.8 of the wait tells the requester that this helper at least is well.
        let relay = RelayedProbe(
            sequence: self.sequence, target: target, requester: requester,
            requesterSequence: sequence, nackAt: now + wait * 0.8,
            expiresAt: now + wait * 0.8 + settings.probePeriod)
        relays.append(relay)
        schedule.relay = min(schedule.relay, relay.nackAt)
        send(.ping(sequence: self.sequence), to: target)
    }

    mutating func stepRelays(_ now: Instant) {
        guard now >= schedule.relay else { return }
        for index in relays.indices where !relays[index].nacked && now >= relays[index].nackAt {
            relays[index].nacked = true
            let relay = relays[index]
            send(.nack(sequence: relay.requesterSequence), to: relay.requester)
        }
        relays.removeAll { now >= $0.expiresAt }
        schedule.relay = relays.map(\.deadline).min() ?? .distantFuture
    }

    /// Tells all when the judgement of our own health changed.
    private mutating func judgeSelf(_ now: Instant) {
        let degraded = health.isDegraded(now: now)
        guard degraded != isDegraded else { return }
        isDegraded = degraded
        output.append(.degraded(degraded))
        setFlag(.degraded, degraded)
    }

    /// Changes what we announce about ourselves, and announces it.
    mutating func setFlag(_ flag: MemberProfile.Flags, _ on: Bool) {
        guard let slot = table.slot(of: id), var profile = table.members[slot].profile else {
            return
        }
        guard profile.flags.contains(flag) != on else { return }
        if on { profile.flags.insert(flag) } else { profile.flags.remove(flag) }
        profile.version += 1
        table.update(slot) { $0.profile = profile }
        let update = StandingUpdate(id, table.members[slot].standing, isUrgent: true)
        spread(.member(update, profile), about: .member(id), push: .originate)
    }
}
