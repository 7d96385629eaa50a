// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Distributed

/// What other nodes may ask of this one; runs on the control loop.
distributed actor NodeActor {
    typealias ActorSystem = ApusActorSystem

    private let services: LoopBound<NodeServices>

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        actorSystem.executor.asUnownedSerialExecutor()
    }

    init(_ services: LoopBound<NodeServices>, actorSystem: ApusActorSystem) {
        self.actorSystem = actorSystem
        self.services = services
    }

    /// The node in a few words.
    distributed func status() async -> NodeSummary {
        await withCheckedContinuation { continuation in
            services.value.status { continuation.resume(returning: $0) }
        }
    }

    /// Begins to drain; the milliseconds that its work may take.
    distributed func drain() -> Int { Int(services.value.drain().milliseconds) }

    /// What the node wrote down of a request.
    distributed func explain(_ request: String) -> RequestFacts {
        services.value.explain(request)
    }

    /// Forgets what is cached under a name; how many entries there were. `noCache` where there is
    /// none, as on every node so far.
    distributed func invalidate(_ name: String) throws -> Int {
        guard let invalidate = services.value.invalidate else { throw CallFault.noCache }
        return invalidate(name)
    }

    // MARK: - For other regions

    // None of these asks beyond the region, so that no call is relayed twice.

    /// The members of this node's region as it sees them.
    distributed func roster(of region: String) throws -> RegionRoster {
        try regional(region).roster()
    }

    /// What the members of this node's region say of themselves.
    distributed func statuses(of region: String) async throws -> MemberAnswers<NodeSummary> {
        let desk = try regional(region)
        return try await withCheckedContinuation { continuation in
            desk.statuses { continuation.resume(returning: $0) }
        }.get()
    }

    /// What the members of this node's region wrote down of a request.
    distributed func facts(
        of region: String, _ request: String
    ) async throws -> MemberAnswers<RequestFacts> {
        let desk = try regional(region)
        return try await withCheckedContinuation { continuation in
            desk.explain(request) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Lets a member of this node's region drain; the milliseconds that its work may take.
    distributed func drain(_ name: String, of region: String) async throws -> Int {
        let desk = try regional(region)
        return try await withCheckedContinuation { continuation in
            desk.drain(name) { continuation.resume(returning: $0) }
        }.get()
    }

    /// An address may have passed to another region: its nodes do not answer in another's name.
    private func regional(_ region: String) throws -> RegionServices {
        guard let regional = services.value.regional, regional.region == region else {
            throw CallFault.regionUnreachable
        }
        return regional
    }
}

/// What a node does for callers; on the control loop.
struct NodeServices {
    var status: (_ completion: @escaping (NodeSummary) -> Void) -> Void
    var drain: () -> Duration
    var explain: (String) -> RequestFacts = { _ in RequestFacts() }
    /// Nil without a cache.
    var invalidate: ((String) -> Int)?
    /// What it does for callers of other regions; nil outside a cluster.
    var regional: RegionServices?
}

/// What a node does for callers of other regions: it asks the members of its own.
struct RegionServices {
    typealias Completion<Value> = (Result<Value, CallFault>) -> Void

    var region: String
    var roster: () -> RegionRoster
    var statuses: (@escaping Completion<MemberAnswers<NodeSummary>>) -> Void
    var explain: (String, @escaping Completion<MemberAnswers<RequestFacts>>) -> Void
    var drain: (String, @escaping Completion<Int>) -> Void
}
