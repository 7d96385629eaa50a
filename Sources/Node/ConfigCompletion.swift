// SPDX-License-Identifier: Apache-2.0
internal import Config
internal import Core
internal import Crypto
internal import Gateway
internal import Reactor
internal import Upstreams

/// Adds to each loaded configuration what a node needs and nobody has to write.
struct ConfigCompletion: Sendable {
    /// Of the operator's key, where none is configured.
    let adminDigest: SHA256Digest?
    private let simulatedProvider: (@Sendable () throws(NodeFault) -> Origin)?
    /// Where the simulated provider listens, once it was needed.
    private var origin: Origin?

    init(
        adminKey: Secret?, simulatedProvider: (@Sendable () throws(NodeFault) -> Origin)?
    ) {
        adminDigest = adminKey.map(FreshKey.digest)
        self.simulatedProvider = simulatedProvider
    }

    /// The completed configuration; `current` is the key's digest of the one in use.
    mutating func complete(
        _ loaded: LoadedConfiguration, current: SHA256Digest?
    ) throws(NodeFault) -> LoadedConfiguration {
        var completed = loaded
        completed.snapshot.loadedAt = SystemClock.wall()
        completed.snapshot.admin.keyDigest =
            loaded.snapshot.admin.keyDigest ?? adminDigest ?? current
        if loaded.needsSimulatedProvider, let origin = try simulatedOrigin() {
            completed.snapshot.addSimulatedProvider(origin: origin)
        }
        return completed
    }

    private mutating func simulatedOrigin() throws(NodeFault) -> Origin? {
        if origin == nil, let simulatedProvider { origin = try simulatedProvider() }
        return origin
    }
}
