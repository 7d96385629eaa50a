// SPDX-License-Identifier: Apache-2.0
public import Config
internal import Core
public import Upstreams

/// What a node is made of: its configuration and the parts that come from outside.
public struct NodePlan: Sendable {
    /// What it starts with.
    public var configuration: LoadedConfiguration
    /// Where to load anew from; nil when there is no file.
    public var source: ConfigSource?
    /// Worker threads.
    public var loops: Int
    /// The limit on open descriptors, for the log; nil if unknown.
    public var descriptorLimit: Int?
    /// Starts the simulated provider, at most once, when no provider is configured.
    public var simulatedProvider: (@Sendable () throws(NodeFault) -> Origin)?
    /// Hears of what happens, on the control loop.
    public var onEvent: @Sendable (NodeEvent) -> Void = { _ in }

    public init(_ configuration: LoadedConfiguration, source: ConfigSource? = nil, loops: Int = 1) {
        precondition(loops > 0, "a node without workers")
        self.configuration = configuration
        self.source = source
        self.loops = loops
    }
}
