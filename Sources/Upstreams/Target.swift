// SPDX-License-Identifier: Apache-2.0
public import Core

/// One way to serve a route: an upstream and the model's name there.
public struct Target: Sendable {
    /// Position in the snapshot's list of upstreams.
    public var upstream: Int
    /// The model to ask for; nil passes the caller's own name on.
    public var model: Bytes?
    /// Share among targets of one priority; 0 takes part only when the others failed.
    public var weight: Int
    /// Lower is tried first.
    public var priority: Int

    public init(upstream: Int, model: Bytes?, weight: Int = 1, priority: Int = 0) {
        self.upstream = upstream
        self.model = model
        self.weight = weight
        self.priority = priority
    }
}

/// How a route orders its targets.
public enum Strategy: String, Sendable, CaseIterable {
    /// By chance, in proportion to the weights, inside each priority.
    case weighted
    /// In the order written.
    case priority
}
