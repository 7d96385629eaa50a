// SPDX-License-Identifier: Apache-2.0
internal import Admin
internal import Cluster
internal import Core
internal import Gateway
internal import Reactor
internal import Telemetry

extension MembershipShell {
    /// Changes remembered for those who ask what happened.
    static let historyLimit = 128

    /// The cluster as this node sees it.
    var report: MembersReport {
        var report = MembersReport(name: plan.identity.name, state: phase)
        report.isIsolated = isIsolated
        report.isDegraded = machine.localHealth.isDegraded(now: loop.now)
        report.members = rows(machine)
        report.regions = RegionBoard.regions(own: plan.identity.region, machine).map {
            RegionRow($0)
        }
        if let bridges = wide.machine { report.bridges = rows(bridges) }
        report.changes = history
        return report
    }

    /// The members of the region, for the other regions.
    var roster: RegionRoster {
        RegionRoster(
            machine.members.map { member in
                var entry = RosterEntry(
                    name: member.profile?.name ?? "", uid: member.id, status: member.status,
                    incarnation: member.incarnation.rawValue)
                if let profile = member.profile {
                    entry.address = SocketAddress(profile.address).description
                    entry.zone = profile.zone
                    entry.isDraining = profile.isDraining
                }
                let isSelf = member.id == machine.id
                entry.localHealth =
                    isSelf ? UInt8(clamping: machine.localHealth.score) : member.health
                entry.age = max(.zero, loop.now - member.since)
                let bridge = RecordKey(owner: member.id, key: WidePool.recordKey)
                entry.isBridge = machine.value(of: bridge) != nil
                return entry
            })
    }

    private var phase: StaticString {
        if isOver { return "left" }
        if onLeft != nil { return "leaving" }
        return machine.isJoined ? "member" : "joining"
    }

    private func rows(_ machine: MembershipMachine) -> [MemberRow] {
        machine.members.map { row($0, in: machine) }
            .sorted { ($0.name, $0.uid) < ($1.name, $1.uid) }
    }

    private func row(_ member: Member, in machine: MembershipMachine) -> MemberRow {
        let isSelf = member.id == machine.id
        var row = MemberRow(
            name: member.profile?.name ?? "", uid: member.id.description,
            state: member.status.label, incarnation: member.incarnation.rawValue)
        if let profile = member.profile {
            row.address = SocketAddress(profile.address).description
            row.region = profile.region
            row.zone = profile.zone
            row.isDraining = profile.isDraining
        }
        row.roundTrip = isSelf ? nil : member.roundTrip
        row.localHealth = isSelf ? machine.localHealth.score : Int(member.health)
        row.age = max(.zero, loop.now - member.since)
        if let suspicion = member.suspicion {
            row.timeLeft = max(.zero, suspicion.deadline - loop.now)
            row.accusations = rows(suspicion.accusations, in: machine)
        }
        let bridge = RecordKey(owner: member.id, key: WidePool.recordKey)
        row.isBridge = machine.value(of: bridge) != nil
        return row
    }

    private func rows(
        _ accusations: [Accusation], in machine: MembershipMachine
    ) -> [AccusationRow] {
        accusations.map { accusation in
            AccusationRow(
                by: machine.name(of: accusation.accuser), helpers: Int(accusation.evidence.helpers),
                nacks: Int(accusation.evidence.nacks),
                waitMilliseconds: Int(accusation.evidence.waitMilliseconds),
                localHealth: Int(accusation.evidence.health))
        }
    }

    /// Keeps a change for the report; the oldest one goes.
    func remember(_ change: MemberChange) {
        if history.count >= Self.historyLimit { history.removeFirst() }
        var row = MemberChangeRow(
            time: loop.wallNow, name: change.name ?? "", uid: change.member.description,
            before: change.before?.status.label ?? "unknown", after: change.after.status.label)
        row.incarnation = change.after.incarnation.rawValue
        row.reason = change.reason.label
        row.accusations = rows(change.accusations, in: machine)
        history.append(row)
    }

    /// Brings the metrics up to date, for whoever reads them next.
    func updateMetrics() {
        let members = isOver ? [] : machine.members
        for status in MemberStatus.allCases {
            plan.metrics.setMembers(members.count { $0.status == status }, state: status.label)
        }
        plan.metrics.setBytes(sent: counts.sentBytes, received: counts.receivedBytes)
        for (reason, count) in counts.drops(gate, wide, machine.refusals) {
            plan.metrics.setDrops(count, reason: reason)
        }
        metricsAt = loop.now
    }
}

extension RegionRow {
    init(_ summary: RegionSummary) {
        self.init(name: summary.region)
        isReachable = summary.isReachable
        alive = summary.alive
        suspect = summary.suspect
        draining = summary.draining
        bridges = summary.bridges
    }
}
