// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Telemetry
internal import Upstreams

/// A snapshot in use on one worker: the values, and the pools and prepared bytes that go with them.
///
/// Exchanges hold the one they began with, so a reload never changes a request under way.
final class LiveSnapshot {
    let values: Snapshot
    let patience: Patience
    /// One for each upstream, in the snapshot's order.
    let pools: [UpstreamPool]
    /// The targets of each route, with what is prepared for them.
    private let candidates: [[Candidate]]
    /// `x-apus-node` and `x-apus-region` lines for every answer.
    let identityFields: Bytes
    let httpLimits: HTTPLimits

    init(
        _ values: Snapshot, dialer: UpstreamDialer, metrics: MetricRegistry, previous: LiveSnapshot?
    ) {
        self.values = values
        patience = Patience(values.timeouts)
        pools = values.upstreams.map { upstream in
            let mapping = values.mappings[upstream.name]
            return previous?.pools.first { $0.canServe(upstream, mapping) }
                ?? UpstreamPool(upstream, mapping: mapping, dialer: dialer)
        }
        for pool in previous?.pools ?? [] where !pools.contains(where: { $0 === pool }) {
            pool.retire()
        }
        candidates = values.routes.routes.map { route in
            route.targets.map { target in
                Candidate(
                    target, upstream: values.upstreams[target.upstream], route: route.name,
                    prices: values.prices, metrics: metrics)
            }
        }
        identityFields = Self.identityFields(values.node)
        httpLimits = Self.httpLimits(values.limits)
    }

    /// The targets of a route, without those of its fallbacks.
    func candidates(of route: Int) -> [Candidate] { candidates[route] }

    func candidate(_ choice: ExchangeMachine.TargetChoice) -> Candidate {
        candidates[choice.route][choice.index]
    }

    private static func identityFields(_ node: NodeIdentity) -> Bytes {
        var writer = ByteWriter(capacity: 128)
        writer.append("x-apus-node: ")
        writer.append(node.name)
        writer.append("\r\n")
        if !node.region.isEmpty {
            writer.append("x-apus-region: ")
            writer.append(node.region)
            writer.append("\r\n")
        }
        return writer.finish()
    }

    private static func httpLimits(_ limits: RequestLimits) -> HTTPLimits {
        var http = HTTPLimits()
        http.headBytes = limits.headBytes
        http.fieldCount = limits.fieldCount
        return http
    }
}
