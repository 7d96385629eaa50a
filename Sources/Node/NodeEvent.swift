// SPDX-License-Identifier: Apache-2.0
public import Config

/// What happens in the life of a node, for its log.
public enum NodeEvent: Sendable {
    case started(NodeFacts)
    /// The configuration is in use, but for these remarks.
    case remarks([Diagnostic])
    case reloaded(generation: UInt64, cause: ReloadCause, notes: [RestartNote])
    /// The configuration on disk cannot be used; the last good one stays.
    case reloadRefused([Diagnostic], cause: ReloadCause)
    /// Changes there will not be noticed at once.
    case unwatched([String])
    /// The access log's file cannot be opened anew; records go to the old one.
    case accessLogKept(String)
    case draining(patience: Duration)
    /// Time is up for what was under way.
    case expired
    /// So many workers do not listen any more, and are given up.
    case stuck(workers: Int)
    case stopped
    /// Something about the cluster, as this node sees it.
    case cluster(ClusterEvent)
}

/// Why the configuration is read again.
public enum ReloadCause: Sendable {
    case signal
    case fileChange
    case request

    public var label: StaticString {
        switch self {
        case .signal: "signal"
        case .fileChange: "file change"
        case .request: "request"
        }
    }
}
