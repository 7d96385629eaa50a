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
        sources.cluster = { [unowned self] completion in gatherCluster(completion) }
        sources.explain = { [unowned self] in gatherExplanation($0, $1) }
        sources.drainMember = { [unowned self] name, completion in
            guard let desk else { return completion(.failure(.unknown)) }
            desk.drain(name, completion)
        }
        sources.members = { [unowned self] in gatherMembers($0) }
        sources.reload = { [unowned self] in ReloadAnswer(reload(cause: .request)) }
        sources.drain = { [unowned self] in
            drain()
            return machine.deadline.map { $0 - loop.now } ?? .zero
        }
        return sources
    }

    /// What this node does for callers on other nodes.
    func nodeServices() -> NodeServices {
        var services = NodeServices(
            status: { [unowned self] completion in
                gatherStatus { completion(NodeSummary($0)) }
            },
            drain: { [unowned self] in
                drain()
                return machine.deadline.map { $0 - loop.now } ?? .zero
            })
        services.explain = { [unowned self] in facts(of: $0) }
        return services
    }

    private func facts(of request: String) -> RequestFacts {
        guard let memory else { return RequestFacts() }
        return RequestFacts(memory.lines(about: Bytes(request)))
    }

    private func gatherExplanation(
        _ request: String, _ completion: @escaping ([ExplanationRow]) -> Void
    ) {
        if let desk { return desk.explain(request, completion) }
        let node = snapshot.node
        completion([ExplanationRow(node.name, in: node.region, .success(facts(of: request)))])
    }

    private func gatherCluster(_ completion: @escaping ([ClusterNodeRow]) -> Void) {
        if let desk { return desk.statuses(completion) }
        gatherStatus { status in
            let node = status.identity
            completion([ClusterNodeRow(node.name, in: node.region, .success(NodeSummary(status)))])
        }
    }

    private func gatherMembers(_ completion: @escaping (MembersReport) -> Void) {
        if let desk { return desk.members(completion) }
        completion(ownReport)
    }

    /// A node without a cluster is its only member.
    private var ownReport: MembersReport {
        let identity = snapshot.node
        var report = MembersReport(name: identity.name, state: "alone")
        var row = MemberRow(name: identity.name, uid: "", state: "alive", incarnation: 0)
        row.region = identity.region
        row.zone = identity.zone
        row.isDraining = !machine.isServing
        row.age = SystemClock.monotonic() - startedAt
        report.members = [row]
        var region = RegionRow(name: identity.region)
        region.alive = 1
        region.draining = row.isDraining ? 1 : 0
        report.regions = [region]
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

extension NodeSummary {
    fileprivate init(_ status: NodeStatus) {
        self.init(name: status.identity.name, version: status.version)
        isDraining = status.isDraining
        uptimeMilliseconds = Int(status.uptime.milliseconds)
        let reports = status.workers.compactMap(\.self)
        connections = reports.reduce(0) { $0 + $1.connections }
        exchanges = reports.reduce(0) { $0 + $1.exchanges }
        generation = Int(clamping: status.generation)
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
