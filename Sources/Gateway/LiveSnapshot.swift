// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Upstreams

/// A snapshot in use on one worker: the values, and the pools and prepared bytes that go with them.
///
/// Exchanges hold the one they began with, so a reload never changes a request under way.
final class LiveSnapshot {
    let values: Snapshot
    /// One for each upstream, in the snapshot's order.
    let pools: [UpstreamPool]
    /// `x-apus-node` and `x-apus-region` lines for every answer.
    let identityFields: Bytes
    let httpLimits: HTTPLimits

    init(_ values: Snapshot, dialer: UpstreamDialer, previous: LiveSnapshot?) {
        self.values = values
        pools = values.upstreams.map { upstream in
            previous?.pools.first { $0.canServe(upstream) }
                ?? UpstreamPool(upstream, dialer: dialer)
        }
        for pool in previous?.pools ?? [] where !pools.contains(where: { $0 === pool }) {
            pool.retire()
        }
        identityFields = Self.identityFields(values.node)
        httpLimits = Self.httpLimits(values.limits)
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
