// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// The invariants of the membership, watched from outside while the world runs.
extension ClusterWorld {
    static let violationLimit = 20

    func violate(_ text: String) {
        guard violations.count < Self.violationLimit else { return }
        violations.append("at \(time / 1_000_000) ms: \(text)")
        note { "VIOLATION \(text)" }
    }

    /// 1: a standing never decreases. 3: none is shown alive at or below a death that was stored.
    func watch(_ change: MemberChange, at node: Int) {
        let uid = change.member
        let shown = members[node].watch.shown[uid]
        if shown != change.before {
            violate("I1: node \(node) changed \(uid) from a standing it had not shown")
        }
        if let before = change.before, change.after < before || change.after == before {
            violate("I1: node \(node) lowered \(uid) from \(before) to \(change.after)")
        }
        members[node].watch.shown[uid] = change.after
        if change.after.isLive, let death = members[node].watch.died[uid],
            change.after.incarnation <= death.incarnation, time - death.at < memory(of: death)
        {
            violate("I3: node \(node) shows \(uid) \(change.after.status) after its death")
        }
        if change.after.status == .dead || change.after.status == .left {
            let incarnation =
                change.after.isFinal ? Incarnation.final : change.after.incarnation
            members[node].watch.died[uid] = (incarnation, time)
        }
        count(change, at: node)
    }

    private func memory(of death: (incarnation: Incarnation, at: Int64)) -> Int64 {
        let life =
            death.incarnation == .final
            ? options.settings.departureLife : options.settings.tombstoneLife
        return (life * 0.9).nanoseconds
    }

    private func count(_ change: MemberChange, at node: Int) {
        let subject = nodeOfUID[change.member]
        if options.recordsHistory {
            history.append(
                ClusterObservation(time: now, observer: node, subject: subject, change: change))
        }
        note {
            "node \(node): \(change.name ?? "\(change.member)") is \(change.after.status.label)"
                + " (\(change.after.incarnation.rawValue), \(change.reason.label))"
        }
        if change.after.status == .suspect { statistics.suspicions += 1 }
        guard change.after.status == .dead, change.reason == .timeout, let subject,
            members[subject].isUp, members[subject].machine?.id == change.member
        else { return }
        statistics.falseDeaths += 1
        let second: Int64 = 1_000_000_000
        let subjectWasWell =
            members[subject].state == .running && members[subject].resumedAt < time - 2 * second
        if time - members[node].resumedAt < 2 * second, subjectWasWell {
            statistics.blamedByStalled += 1
            if forbidsStallBlame {
                violate("stall: node \(node) resumed and declared node \(subject) dead")
            }
        }
    }

    /// 2: an accusation at or above one's incarnation yields a strictly greater one.
    func watchRefutation(of accusation: Incarnation, at node: Int) {
        let seen = members[node].look { $0.hasEnded ? nil : $0.own.standing } ?? nil
        guard let own = seen else { return }
        guard own.status == .alive else { return }
        if own.incarnation <= accusation {
            violate("I2: node \(node) does not refute \(accusation.rawValue)")
        }
    }

    /// 2: nobody holds itself suspect or dead. 6: the queue is bounded. 7: the recent peak holds.
    func watchMachine(_ node: Int) {
        let member = members[node]
        let seen = member.look {
            ($0.own.status, $0.queueDepth, $0.liveCount, $0.largestRecentCount)
        }
        guard let (status, depth, live, peak) = seen else { return }
        if status == .suspect || status == .dead { violate("I2: node \(node) is \(status)") }
        statistics.deepestQueue = max(statistics.deepestQueue, depth)
        if depth > 4096 { violate("I6: the queue of node \(node) holds \(depth)") }
        member.watch.mostLive = max(member.watch.mostLive, live)
        let isYoung = time - member.startedAt < 3300 * 1_000_000_000
        if isYoung, peak < member.watch.mostLive {
            violate("I7: node \(node) forgot that it saw \(member.watch.mostLive) live")
        }
    }

    /// 6: size. 8: no nonce twice under one key.
    func watchSealed(_ sealed: Bytes, from node: Int, isFrame: Bool = false) {
        if !isFrame, sealed.count > 1400 {
            violate("I6: node \(node) sent a datagram of \(sealed.count) bytes")
        }
        var reader = ByteReader(sealed.span)
        _ = reader.skip(11)
        let counter = reader.uint64()
        if counter <= members[node].watch.lastCounter {
            violate("I8: node \(node) used nonce \(counter) again")
        }
        members[node].watch.lastCounter = counter
    }

    /// 5: nothing altered is accepted, and nothing twice.
    func watchAccepted(_ envelope: Envelope, _ datagram: SimulatedDatagram, at node: Int) {
        if datagram.isCorrupted { violate("I5: node \(node) accepted an altered datagram") }
        guard watchesAcceptance else { return }
        let name = AcceptedDatagram(sender: envelope.sender, counter: envelope.counter)
        if !members[node].watch.accepted.insert(name).inserted {
            violate("I5: node \(node) accepted \(envelope.counter) of \(envelope.sender) twice")
        }
    }

    func collectDrops(_ node: Int) {
        guard let gate = members[node].gate else { return }
        for reason in DropReason.allCases {
            statistics.drops[Int(reason.rawValue)] += gate.dropCount(reason)
        }
    }

    /// 4: every process that runs is alive at all of them, every other one is not, all views equal.
    public var isConverged: Bool { divergence == nil }

    /// Why the views differ, for a message; nil when they are equal and true.
    public var divergence: String? {
        let running = members.indices.filter { members[$0].state == .running }
        guard let first = running.first else { return nil }
        for node in running {
            let live = members[node].look { $0.liveCount } ?? 0
            guard live == running.count else {
                return "node \(node) sees \(live) live of \(running.count)"
            }
        }
        let view = members[first].look { ($0.digest, $0.recordDigest) }
        for node in running {
            guard members[node].look({ $0.digest }) == view?.0 else {
                return "digests of nodes \(first) and \(node) differ"
            }
            guard members[node].look({ $0.recordDigest }) == view?.1
            else { return "records of nodes \(first) and \(node) differ" }
        }
        // Equal digests: one view stands for all.
        let present = Set(running.compactMap { uid(of: $0) })
        for record in members[first].look({ $0.members }) ?? [] where record.isLive {
            guard record.status == .alive, present.contains(record.id) else {
                return "\(record.profile?.name ?? "?") is \(record.status.label) everywhere"
            }
        }
        return nil
    }
}
