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
}

/// What a node does for callers; on the control loop.
struct NodeServices {
    var status: (_ completion: @escaping (NodeSummary) -> Void) -> Void
    var drain: () -> Duration
    var explain: (String) -> RequestFacts = { _ in RequestFacts() }
    /// Nil without a cache.
    var invalidate: ((String) -> Int)?
}
