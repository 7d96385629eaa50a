// SPDX-License-Identifier: Apache-2.0
public import Core
public import Gateway

/// A node as its operator sees it.
public struct NodeStatus: Sendable {
    public var version: String
    public var identity: NodeIdentity
    /// As bound.
    public var api: String
    public var admin: String
    /// `serving` or `draining`.
    public var isDraining: Bool
    public var generation: UInt64
    public var loadedAt: Timestamp
    public var uptime: Duration
    /// One for each worker; nil for one that did not answer in time.
    public var workers: [WorkerReport?]

    public init(snapshot: Snapshot, version: String, workers: [WorkerReport?]) {
        self.version = version
        self.workers = workers
        identity = snapshot.node
        api = snapshot.listen.api
        admin = snapshot.listen.admin
        isDraining = false
        generation = snapshot.generation
        loadedAt = snapshot.loadedAt
        uptime = .zero
    }

    /// All workers together.
    var connections: Int { workers.reduce(0) { $0 + ($1?.connections ?? 0) } }
    var exchanges: Int { workers.reduce(0) { $0 + ($1?.exchanges ?? 0) } }

    /// The pools of all workers, added up by upstream.
    var pools: [PoolReport] {
        var sums: [PoolReport] = []
        for pool in workers.compactMap(\.self).flatMap(\.pools) {
            if let index = sums.firstIndex(where: { $0.upstream == pool.upstream }) {
                sums[index].open += pool.open
                sums[index].idle += pool.idle
                sums[index].waiting += pool.waiting
            } else {
                sums.append(pool)
            }
        }
        return sums
    }
}
