// SPDX-License-Identifier: Apache-2.0
internal import Core

extension MembershipMachine {
    /// Where news came from.
    enum Source {
        case gossip(MemberID)
        case exchange(MemberID)

        var sender: MemberID {
            switch self {
            case .gossip(let sender), .exchange(let sender): sender
            }
        }

        var isExchange: Bool {
            if case .exchange = self { true } else { false }
        }

        func reason(for subject: MemberID) -> MemberChange.Reason {
            if sender == subject { return .announced }
            return isExchange ? .exchange : .gossip
        }
    }

    /// Takes news about a member into the table; what was new is passed on.
    mutating func merge(
        _ news: StandingUpdate, _ profile: MemberProfile?, from source: Source, now: Instant
    ) {
        guard news.subject != id else {
            hear(news, from: source, now: now)
            return
        }
        var update = news
        if let profile, !claimName(profile, of: news.subject, now: now) {
            // An older process of that name: whatever is said of it, it was replaced.
            update = StandingUpdate(news.subject, .replaced)
        }
        guard let slot = table.slot(of: update.subject) else {
            meet(update, profile, from: source, now: now)
            return
        }
        let newProfile = takeProfile(profile, slot)
        if source.isExchange, update.standing.status == .dead, !update.standing.isFinal,
            update.subject != source.sender, table.members[slot].isLive
        {
            // Never an instant death from an exchange: the subject may refute first.
            update.standing = Standing(.suspect, update.standing.incarnation)
            update.accusation = Accusation(accuser: source.sender)
        }
        weigh(update, slot, from: source, newProfile: newProfile, now: now)
    }

    private mutating func weigh(
        _ update: StandingUpdate, _ slot: Int, from source: Source, newProfile: Bool, now: Instant
    ) {
        // Not the whole record: most news are old, and a record is large.
        let held = table.members[slot].standing
        let believesAll =
            settings.mutations.contains(.believesStaleAlive)
            && update.standing.status == .alive && held.status != .alive
        if update.standing > held || believesAll {
            let push: Push = update.isUrgent ? .forward : .none
            let reason =
                update.standing == .replaced ? .replaced : source.reason(for: update.subject)
            change(slot, to: update.standing, update.accusation, because: reason, now: now)
            pass(slot, update, fullForm: newProfile, push)
            if settings.mutations.contains(.forgetsTombstones), !update.standing.isLive {
                forget(update.subject)
            }
        } else if update.standing == held {
            if let accusation = update.accusation { confirm(slot, accusation, now: now) }
            if newProfile { pass(slot, update, fullForm: true, update.isUrgent ? .forward : .none) }
        } else {
            if update.standing.status == .alive { answerOutdated(table.members[slot], source) }
            if newProfile { pass(slot, update, fullForm: true, .none) }
        }
    }

    /// Passes on what we now hold, unless it came as part of our own first exchange.
    private mutating func pass(
        _ slot: Int, _ update: StandingUpdate, fullForm: Bool, _ push: Push
    ) {
        guard phase != .joining else { return }
        let member = table.members[slot]
        guard fullForm, let profile = member.profile, member.isLive else {
            var own = StandingUpdate(member.id, member.standing, isUrgent: push != .none)
            own.accusation = update.accusation ?? member.suspicion?.accusations.first
            spread(.standing(own), about: .member(member.id), push: push)
            return
        }
        let own = StandingUpdate(
            member.id, member.standing, accusation: member.suspicion?.accusations.first,
            isUrgent: push != .none)
        spread(.member(own, profile), about: .member(member.id), push: push)
    }

    private mutating func takeProfile(_ profile: MemberProfile?, _ slot: Int) -> Bool {
        guard let profile else { return false }
        let held = table.members[slot].profile
        guard held.map({ $0.version < profile.version }) ?? true else { return false }
        let wasPeer = table.members[slot].livePosition >= 0
        table.update(slot) { $0.profile = profile }
        if table.holder(ofName: profile.name) == nil, !table.members[slot].standing.isFinal {
            table.claimName(profile.name, for: table.members[slot].id)
        }
        if !wasPeer, table.members[slot].livePosition >= 0 {
            probes.insert(table.members[slot].id, using: &generator)
        }
        return true
    }

    /// A uid we have no record of.
    private mutating func meet(
        _ update: StandingUpdate, _ profile: MemberProfile?, from source: Source, now: Instant
    ) {
        // Alive without a profile cannot be reached; an exchange will bring the rest.
        guard profile != nil || update.standing.status != .alive else { return }
        guard table.count < settings.memberLimit else {
            refusals.strangers += 1
            return
        }
        let age = Duration.seconds(Int64(update.age))
        // One that all are about to forget is not learned again.
        guard update.age == 0 || age < life(of: update.standing) * 0.9 else { return }
        var member = Member(
            id: update.subject, standing: update.standing, profile: profile,
            since: Instant(nanoseconds: now.nanoseconds - age.nanoseconds))
        if update.standing.status == .suspect {
            member.suspicion = Suspicion(
                update.accusation ?? Accusation(accuser: source.sender), start: now,
                members: table.peers.count + 1, settings: settings)
        }
        table.insert(member)
        if let name = profile?.name, !update.standing.isFinal {
            table.claimName(name, for: member.id)
        }
        trackSuspect(member.id, member.suspicion)
        introduce(member, update, from: source, now: now)
    }

    private mutating func introduce(
        _ member: Member, _ update: StandingUpdate, from source: Source, now: Instant
    ) {
        output.append(
            .changed(
                MemberChange(
                    member: member.id, name: member.profile?.name, before: nil,
                    after: member.standing, reason: source.reason(for: member.id),
                    accusations: member.suspicion?.accusations ?? [])))
        // '!': the caller has just inserted it.
        let slot = table.slot(of: member.id)!
        guard member.isLive, member.profile != nil else {
            // Keep it as a tombstone and forward it once (memberlist PR 345).
            if !source.isExchange { announce(slot, push: .none, sent: retransmits - 1) }
            return
        }
        probes.insert(member.id, using: &generator)
        let isNewcomer = source.isExchange && source.sender == member.id
        pass(slot, update, fullForm: true, isNewcomer ? .originate : update.push)
    }

    /// Of two processes with one name the later boot is real; false when `id` is the older one.
    private mutating func claimName(
        _ profile: MemberProfile, of id: MemberID, now: Instant
    ) -> Bool {
        guard let holder = table.holder(ofName: profile.name), holder != id,
            let slot = table.slot(of: holder), let held = table.members[slot].profile
        else { return true }
        guard (held.boot, holder) < (profile.boot, id) else { return false }
        if holder == self.id {
            displace(by: id, boot: profile.boot)
            return true
        }
        table.claimName(profile.name, for: id)
        if !table.members[slot].standing.isFinal {
            change(slot, to: .replaced, nil, because: .replaced, now: now)
            announce(slot, push: .originate)
        }
        return true
    }

    private mutating func displace(by other: MemberID, boot: BootTime) {
        guard phase != .ended else { return }
        phase = .ended
        output.append(.displaced(by: other, boot: boot))
    }

    /// Whoever says "alive" of one we hold suspect or dead hears of it, and so does the subject.
    private mutating func answerOutdated(_ held: Member, _ source: Source) {
        guard answersLeft > 0 else { return }
        answersLeft -= 1
        if !source.isExchange, source.sender != held.id {
            let answer = news(about: held)
            sendAlone(answer, to: source.sender)
        }
        if !held.standing.isFinal { sendAlone(news(about: held), to: held.id) }
    }

    private mutating func sendAlone(_ message: WireMessage, to receiver: MemberID) {
        guard let slot = table.slot(of: receiver),
            let address = table.members[slot].profile?.address
        else { return }
        output.append(.send(message.encoded, to: receiver, at: address))
    }

    /// News about ourselves: an accusation at or above our incarnation is refuted.
    private mutating func hear(_ update: StandingUpdate, from source: Source, now: Instant) {
        guard update.standing.status != .alive, !isLeaving, phase != .ended else { return }
        if update.standing.isFinal {
            // '!': a node keeps its own record.
            let boot = table[id]!.profile?.boot
            displace(by: source.sender, boot: boot ?? BootTime(rawValue: 0))
            return
        }
        guard !settings.mutations.contains(.neverRefutes) else { return }
        // '!': a node keeps its own record.
        let slot = table.slot(of: id)!
        let own = table.members[slot].incarnation
        if update.standing.incarnation >= own {
            let refuted = update.standing.incarnation.next
            table.update(slot) { $0.standing = Standing(.alive, refuted) }
            health.adjust(by: 1, now: now)
            announceRefutation(slot, of: update.standing.status)
        }
        // The accuser and whoever told us should know first.
        sendAlone(news(about: table.members[slot]), to: source.sender)
        if let accuser = update.accusation?.accuser, accuser != source.sender {
            sendAlone(news(about: table.members[slot]), to: accuser)
        }
    }

    /// Of a death others may hold no more than a tombstone: they get all that they lack.
    private mutating func announceRefutation(_ slot: Int, of status: MemberStatus) {
        guard status == .dead, let profile = table.members[slot].profile else {
            announce(slot, push: .originate)
            return
        }
        let update = StandingUpdate(id, table.members[slot].standing, isUrgent: true)
        spread(.member(update, profile), about: .member(id), push: .originate)
        republishAll()
    }
}

extension StandingUpdate {
    fileprivate var push: MembershipMachine.Push { isUrgent ? .forward : .none }
}
