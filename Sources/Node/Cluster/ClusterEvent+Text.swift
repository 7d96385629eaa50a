// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

extension ClusterEvent {
    /// A line for a person at a terminal.
    var line: String {
        switch self {
        case .opened(_, let bound, let advertised):
            bound == advertised
                ? "cluster port \(bound)"
                : "cluster port \(bound), known to others as \(advertised)"
        case .joined(let members): "in the cluster, \(members) members"
        case .member(let note): "member \(note.line)"
        case .bridge(let note): "bridge \(note.line)"
        case .region(let name, let isReachable):
            "region \(name) is \(isReachable ? "reachable" : "out of reach")"
        case .degraded(let isDegraded):
            isDegraded ? "this node judges itself slow" : "this node is well again"
        case .isolated(let isIsolated):
            isIsolated ? "most other nodes are out of reach" : "other nodes are back"
        case .unresolved(let seed, let reason): "cannot look up \(seed): \(reason)"
        case .lonely(let seeds): "none of \(seeds) seeds answers; trying on"
        case .dropped(let reason, let from, let suppressed):
            "dropped input of \(from): \(reason) (and \(suppressed) more)"
        case .displaced(let other, let startsAnew):
            "process \(other) has this node's name; "
                + (startsAnew
                    ? "starting anew as a later one"
                    : "leaving the cluster: give each node a 'node.name' of its own")
        case .key(let step, let number): "cluster key \(number) \(step.label)"
        case .keyWaits(let number, let member): "cluster key \(number) waits for \(member)"
        case .leaving: "leaving the cluster"
        case .left: "left the cluster"
        }
    }
}

extension MemberNote {
    fileprivate var line: String {
        let accused = accusers.isEmpty ? "" : ", accused by \(accusers.joined(separator: ", "))"
        return "\(name) is \(change.after.status.label) (\(change.reason.label)\(accused))"
    }
}
