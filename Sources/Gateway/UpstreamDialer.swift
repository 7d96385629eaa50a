// SPDX-License-Identifier: Apache-2.0
internal import Core
public import Reactor
internal import Upstreams

/// Why no connection to an upstream could be made.
enum DialFault: Error, Equatable {
    /// The name does not resolve, or no address accepts.
    case unreachable
    case tls
    /// The name resolves, but to no address that may be connected to.
    case forbidden
}

/// Opens connections to upstreams for one worker: names, addresses, TLS.
public final class UpstreamDialer {
    let loop: EventLoop
    let resolver: Resolver
    let trust: TrustStore

    /// The resolver and the trust store are shared by all workers.
    public init(loop: EventLoop, resolver: Resolver, trust: TrustStore) {
        self.loop = loop
        self.resolver = resolver
        self.trust = trust
    }

    /// Starts to open a connection; `completion` is called once, unless it is cancelled before.
    ///
    /// With `permits` only addresses that it permits are connected to.
    func dial(
        _ upstream: Upstream, permits: AddressRule? = nil,
        completion: @escaping (Result<Transport, DialFault>) -> Void
    ) -> Dialing {
        let dialing = Dialing(upstream, dialer: self, permits: permits, completion: completion)
        dialing.start()
        return dialing
    }
}
