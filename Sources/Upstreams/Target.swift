// SPDX-License-Identifier: Apache-2.0
public import Core

/// One way to serve a route: an upstream and the model's name there.
public struct Target: Sendable {
    /// Position in the snapshot's list of upstreams.
    public var upstream: Int
    /// The model to ask for; nil passes the caller's own name on.
    public var model: Bytes?
    /// Bytes left out at the start of the caller's name when it is passed on: `openai/`, say.
    public var strippedPrefix: Int
    /// Share among targets of one priority; 0 takes part only when the others failed.
    public var weight: Int
    /// Lower is tried first.
    public var priority: Int

    /// Passes the caller's name on as it is, unless said otherwise.
    public init(
        upstream: Int, model: Bytes?, strippedPrefix: Int = 0, weight: Int = 1, priority: Int = 0
    ) {
        self.upstream = upstream
        self.model = model
        self.strippedPrefix = strippedPrefix
        self.weight = weight
        self.priority = priority
    }

    /// The model's name to send upstream when the caller asked for `asked`.
    public func model(asked: Bytes) -> Bytes { model ?? asked.dropFirst(strippedPrefix) }
}

/// How a route orders its targets.
public enum Strategy: String, Sendable, CaseIterable {
    /// By chance, in proportion to the weights, inside each priority.
    case weighted
    /// In the order written.
    case priority
}
