// SPDX-License-Identifier: Apache-2.0
internal import Admin
internal import Cluster
internal import Core
internal import Distributed
internal import Gateway
internal import Reactor

/// Lets the operator's port of one node ask all others; on the control loop.
///
/// The members of the own region are asked directly, those of another one by any of its bridges.
final class ControlDesk {
    let loop: EventLoop
    let shell: MembershipShell
    let services: NodeServices
    let system: ApusActorSystem
    var rosters = RosterBook()
    /// Whoever waits for what other regions say of their members.
    var readers: [() -> Void] = []
    /// Surveys under way for other regions.
    var relayed = 0

    init(_ loop: EventLoop, shell: MembershipShell, services: NodeServices) {
        self.loop = loop
        self.shell = shell
        self.services = services
        system = ApusActorSystem(loop, shell: shell)
        var offered = services
        offered.regional = regionServices
        system.serve(NodeActor(LoopBound(offered), actorSystem: system))
    }

    func close() { system.close() }

    var region: String { shell.plan.identity.region }
    private var ownName: String { shell.plan.identity.name }

    // MARK: - The own region

    /// Asks every live member of the region, this node among them, for its state.
    func regionStatuses(
        within patience: Duration,
        _ completion: @escaping ([MemberAnswers<NodeSummary>.Row]) -> Void
    ) {
        survey(within: patience, { try await $0.status() }) { [services, ownName] rows in
            services.status { completion(rows + [(ownName, .success($0))]) }
        }
    }

    /// Asks the same ones what they know of a request.
    func regionFacts(
        _ request: String, within patience: Duration,
        _ completion: @escaping ([MemberAnswers<RequestFacts>.Row]) -> Void
    ) {
        let own = services.explain(request)
        survey(within: patience, { try await $0.explain(request) }) { [ownName] rows in
            completion(rows + [(ownName, .success(own))])
        }
    }

    /// Lets a member of the region drain.
    func drainHere(
        _ name: String, within patience: Duration,
        _ completion: @escaping (Result<Int, CallFault>) -> Void
    ) {
        // The dead are told from those who never were.
        let bearers = shell.machine.members.filter { $0.profile?.name == name }
        guard let live = bearers.first(where: \.isLive) else {
            return completion(.failure(bearers.isEmpty ? .unknownMember : .unreachable))
        }
        guard live.id != shell.machine.id else {
            return completion(.success(Int(services.drain().milliseconds)))
        }
        let id = NodeActorID(.member(live.id), patience: patience)
        call(id, { try await $0.drain() }, completion)
    }

    private func survey<Value: WireValue>(
        within patience: Duration,
        _ body: @escaping @Sendable (NodeActor) async throws -> Value,
        _ completion: @escaping ([MemberAnswers<Value>.Row]) -> Void
    ) {
        let peers = shell.machine.members.filter { $0.isLive && $0.id != shell.machine.id }
        MemberSurvey<Value>(
            peers.map { ($0.id, shell.name(of: $0.id)) }, now: { [loop] in loop.now },
            until: loop.now + patience,
            ask: { [weak self] id, completion in
                guard let self else { return completion(.failure(.unreachable)) }
                call(id, body, completion)
            }, completion: completion
        ).proceed()
    }

    // MARK: - Calls

    /// Calls a node and gives what it says to `completion`, once.
    func call<Value: Sendable>(
        _ id: NodeActorID, _ body: @escaping @Sendable (NodeActor) async throws -> Value,
        _ completion: @escaping (Result<Value, CallFault>) -> Void
    ) {
        let carrier = LoopBound(completion)
        Task(executorPreference: loop.taskExecutor) { [system, inbox = loop.inbox] in
            let result: Result<Value, CallFault>
            do {
                let actor = try NodeActor.resolve(id: id, using: system)
                result = .success(try await body(actor))
            } catch {
                result = .failure(error as? CallFault ?? .refused)
            }
            inbox.post { carrier.value(result) }
        }
    }
}
