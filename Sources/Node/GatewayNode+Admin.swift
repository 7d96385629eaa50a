// SPDX-License-Identifier: Apache-2.0
internal import Admin
internal import Config
internal import Core
internal import Gateway
internal import Reactor
internal import Telemetry

extension GatewayNode {
    /// Busy workers get this long to tell what they have open.
    private static let statusLimit: Duration = .milliseconds(250)

    /// What the admin port may know and do.
    func adminSources() -> AdminSources {
        var sources = AdminSources(
            snapshot: { [unowned self] in snapshot },
            isDraining: { [unowned self] in !machine.isServing },
            metrics: { [unowned self] accept in
                let format = MetricFormat(accept: accept.span)
                return (format.contentType, metricText(format))
            })
        sources.status = { [unowned self] in gatherStatus($0) }
        sources.members = { [unowned self] in members }
        sources.reload = { [unowned self] in ReloadAnswer(reload(cause: .request)) }
        sources.drain = { [unowned self] in
            drain()
            return machine.deadline.map { $0 - loop.now } ?? .zero
        }
        return sources
    }

    /// The cluster as this node sees it; itself alone without one.
    private var members: MembersReport {
        if let membership { return membership.report }
        let identity = snapshot.node
        var report = MembersReport(name: identity.name, state: "alone")
        var row = MemberRow(name: identity.name, uid: "", state: "alive", incarnation: 0)
        row.region = identity.region
        row.zone = identity.zone
        row.isDraining = !machine.isServing
        row.age = SystemClock.monotonic() - startedAt
        report.members = [row]
        return report
    }

    private func gatherStatus(_ completion: @escaping (NodeStatus) -> Void) {
        workers.ask(within: Self.statusLimit) { [weak self] reports in
            guard let self else { return }
            var status = NodeStatus(
                snapshot: snapshot, version: ApusVersion.current, workers: reports)
            status.api = apiAddress.description
            status.admin = adminAddress.description
            status.isDraining = !machine.isServing
            status.uptime = SystemClock.monotonic() - startedAt
            completion(status)
        }
    }
}

extension ReloadAnswer {
    init(_ outcome: ConfigKeeper.Outcome) {
        switch outcome {
        case .kept(let findings): self = .kept(findings.map(ConfigFinding.init))
        case .replaced(let snapshot, let findings, let notes):
            self = .replaced(
                generation: snapshot.values.generation, remarks: findings.map(ConfigFinding.init),
                waiting: notes.map(\.description))
        case .unchanged: preconditionFailure("a reload that was asked for looked at changes only")
        }
    }
}

extension ConfigFinding {
    init(_ finding: Diagnostic) {
        self.init(
            file: finding.file, line: finding.position?.line, column: finding.position?.column,
            message: finding.message)
    }
}
