// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The cluster's part of all metrics, set anew from its counts; belongs to the control loop.
public final class ClusterMetrics {
    private static let members = MetricFamily(
        name: "apus_cluster_members", help: "Members of the cluster as this node sees them.",
        kind: .gauge, labels: ["state"])
    private static let bytes = MetricFamily(
        name: "apus_gossip_bytes_total",
        help: "Bytes sent to other members, in datagrams and frames.", kind: .counter)
    private static let received = MetricFamily(
        name: "apus_gossip_received_bytes_total",
        help: "Bytes received on the cluster port, whoever sent them.", kind: .counter)
    private static let drops = MetricFamily(
        name: "apus_gossip_dropped_total",
        help: "Datagrams, frames and messages dropped, by reason.", kind: .counter,
        labels: ["reason"])

    private let registry: MetricRegistry
    private let place: Int
    private var rows: [CounterCells] = []

    init(registry: MetricRegistry, place: Int) {
        self.registry = registry
        self.place = place
    }

    public func setMembers(_ count: Int, state: StaticString) {
        set(count, registry.cell(of: Self.members, [state.description]))
    }

    public func setBytes(sent: Int, received: Int) {
        set(sent, registry.cell(of: Self.bytes, []))
        set(received, registry.cell(of: Self.received, []))
    }

    /// The reason is a word of a closed list.
    public func setDrops(_ count: Int, reason: StaticString) {
        set(count, registry.cell(of: Self.drops, [reason.description]))
    }

    private func set(_ value: Int, _ cell: Int) {
        let index = cell / MetricRegistry.rowLength
        if index >= rows.count { rows = registry.rows(of: place, upTo: cell) }
        rows[index].set(UInt64(clamping: value), at: cell % MetricRegistry.rowLength)
    }
}
