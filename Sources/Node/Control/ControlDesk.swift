// SPDX-License-Identifier: Apache-2.0
internal import Admin
internal import Cluster
internal import Core
internal import Distributed
internal import Reactor

/// Lets the operator's port of one node ask all others; on the control loop.
final class ControlDesk {
    private let loop: EventLoop
    private let shell: MembershipShell
    let system: ApusActorSystem

    init(_ loop: EventLoop, shell: MembershipShell, services: NodeServices) {
        self.loop = loop
        self.shell = shell
        system = ApusActorSystem(loop, shell: shell)
        system.serve(NodeActor(LoopBound(services), actorSystem: system))
    }

    func close() { system.close() }

    /// Lets the member of this name drain.
    func drain(_ name: String, _ completion: @escaping (Result<Duration, MemberFault>) -> Void) {
        switch find(name) {
        case .failure(let fault): completion(.failure(fault))
        case .success(let id):
            call(id, { .milliseconds(try await $0.drain()) }, completion)
        }
    }

    /// Asks every live member but this one; calls back once, when all have answered or failed.
    func statuses(_ completion: @escaping ([ClusterNodeRow]) -> Void) {
        askAll({ try await $0.status() }) { answers in
            completion(answers.map { ClusterNodeRow($0.name, $0.result) })
        }
    }

    /// Asks the same ones what they know of a request.
    func explain(_ request: String, _ completion: @escaping ([ExplanationRow]) -> Void) {
        askAll({ try await $0.explain(request) }) { answers in
            completion(answers.map { ExplanationRow($0.name, $0.result) })
        }
    }

    private typealias Answer<Value> = (name: String, result: Result<Value, MemberFault>)

    private func askAll<Value: Sendable>(
        _ body: @escaping @Sendable (NodeActor) async throws -> Value,
        _ completion: @escaping ([Answer<Value>]) -> Void
    ) {
        let peers = shell.machine.members.filter { $0.isLive && $0.id != shell.machine.id }
        let gathering = Gathering<Value>(missing: peers.count, completion)
        for peer in peers {
            let name = shell.name(of: peer.id)
            call(peer.id, body) { gathering.add((name, $0)) }
        }
        gathering.finishIfDone()
    }

    /// The answers of all.
    private final class Gathering<Value> {
        private var answers: [Answer<Value>] = []
        private var missing: Int
        private var completion: (([Answer<Value>]) -> Void)?

        init(missing: Int, _ completion: @escaping ([Answer<Value>]) -> Void) {
            self.missing = missing
            self.completion = completion
        }

        func add(_ answer: Answer<Value>) {
            answers.append(answer)
            missing -= 1
            finishIfDone()
        }

        func finishIfDone() {
            guard missing == 0, let completion else { return }
            self.completion = nil
            completion(answers.sorted { $0.name < $1.name })
        }
    }

    /// The live member of a name; the dead are told from those who never were.
    private func find(_ name: String) -> Result<MemberID, MemberFault> {
        let bearers = shell.machine.members.filter { $0.profile?.name == name }
        if let live = bearers.first(where: \.isLive) { return .success(live.id) }
        return .failure(bearers.isEmpty ? .unknown : .unreachable)
    }

    private func call<Value: Sendable>(
        _ id: MemberID, _ body: @escaping @Sendable (NodeActor) async throws -> Value,
        _ completion: @escaping (Result<Value, MemberFault>) -> Void
    ) {
        let carrier = LoopBound(completion)
        Task(executorPreference: loop.taskExecutor) { [system, inbox = loop.inbox] in
            let result: Result<Value, MemberFault>
            do {
                let actor = try NodeActor.resolve(id: NodeActorID(member: id), using: system)
                result = .success(try await body(actor))
            } catch {
                result = .failure((error as? CallFault)?.forOperator ?? .refused)
            }
            inbox.post { carrier.value(result) }
        }
    }
}

extension ClusterNodeRow {
    init(_ name: String, _ result: Result<NodeSummary, MemberFault>) {
        self.init(name: name)
        switch result {
        case .failure(let fault): self.fault = fault
        case .success(let summary):
            version = summary.version
            isDraining = summary.isDraining
            uptime = .milliseconds(summary.uptimeMilliseconds)
            connections = summary.connections
            exchanges = summary.exchanges
            generation = summary.generation
        }
    }
}

extension ExplanationRow {
    init(_ name: String, _ result: Result<RequestFacts, MemberFault>) {
        self.init(name: name)
        switch result {
        case .failure(let fault): self.fault = fault
        case .success(let facts):
            isKept = facts.isKept
            records = facts.records
        }
    }
}
