// SPDX-License-Identifier: Apache-2.0
public import Core
public import Reactor

/// A node that has just started, as it shows itself.
public struct NodeFacts: Sendable {
    public var name: String
    /// As bound.
    public var api: SocketAddress
    public var admin: SocketAddress
    public var loops: Int
    public var generation: UInt64
    public var providers: [String]
    /// A model that a first request can ask for.
    public var sampleModel: String?
    /// Whether callers need a key.
    public var needsKey: Bool
    /// Whether the simulated provider answers.
    public var isSimulated: Bool
    /// Made because none is configured; shown once and nowhere else.
    public var newAdminKey: Secret?
    /// The limit on open descriptors; nil if unknown.
    public var descriptorLimit: Int?
}
