// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Crypto
internal import Dialects
internal import HTTP
public import Reactor
internal import Telemetry

/// One core's share of the gateway: a loop with its listener, connections, pools and counters.
///
/// Everything here belongs to the loop's thread. Other threads reach it through the loop's inbox.
public final class Worker {
    public let loop: EventLoop
    var live: LiveSnapshot
    var random: SeededGenerator
    /// Set by the first `drain`; answers then tell clients to go elsewhere.
    public private(set) var isDraining = false

    let dialer: UpstreamDialer
    private(set) var serverTLS: TLSServerContext?
    var authenticator = Authenticator()
    private var connections = SlotMap<ServerConnection>()
    private var listener: Listener?
    var dates = HTTPDateCache()
    let reporter: Reporter
    /// Calls on stored objects that are under way.
    var storedCount = 0
    /// Exchanges whose images are on their way.
    var fetchCount = 0

    public init(
        loop: EventLoop, snapshot: LoadedSnapshot, seed: UInt64, dialer: UpstreamDialer,
        reporter: Reporter
    ) {
        self.loop = loop
        self.dialer = dialer
        self.reporter = reporter
        random = SeededGenerator(seed: seed)
        serverTLS = snapshot.serverTLS
        live = LiveSnapshot(
            snapshot.values, dialer: dialer, metrics: reporter.registry, previous: nil)
    }

    // MARK: - Life

    /// Starts to accept; returns the address bound.
    public func listen(on address: SocketAddress) throws(ListenFault) -> SocketAddress {
        let listener = try Listener(loop: loop, address: address) { [unowned self] in
            accept($0, from: $1)
        }
        self.listener = listener
        return listener.address
    }

    private func accept(_ descriptor: Int32, from peer: SocketAddress?) {
        let transport = Transport(
            loop: loop, descriptor: descriptor, peer: peer,
            tls: serverTLS.map { TLSSession(accepting: $0) })
        guard connections.count < live.values.limits.connections else { return transport.close() }
        _ = ServerConnection(worker: self, transport: transport)
    }

    func insert(_ connection: ServerConnection) -> SlotHandle? { connections.insert(connection) }

    func remove(_ slot: SlotHandle) { connections.remove(slot) }

    /// Client connections open now.
    public var connectionCount: Int { connections.count }

    /// Puts a new configuration in use; requests under way finish with the old one.
    public func apply(_ snapshot: LoadedSnapshot) {
        serverTLS = snapshot.serverTLS
        live = LiveSnapshot(
            snapshot.values, dialer: dialer, metrics: reporter.registry, previous: live)
        reporter.apply(snapshot.values)
    }

    /// Takes no new work; idle connections go now, busy ones after their answer. New ones are let
    /// in, to be told so: whoever has not yet heard of the drain gets 503, not a closed port.
    public func drain() {
        isDraining = true
        for connection in openConnections { connection.drain() }
    }

    /// The drain's time is up: whatever is still under way is broken off properly.
    public func expire() {
        for connection in openConnections { connection.expire() }
    }

    /// Breaks everything off at once, idle connections to upstreams included.
    public func close() {
        drain()
        listener?.close()
        listener = nil
        expire()
        for pool in live.pools { pool.retire() }
        reporter.flush()
    }

    /// What this worker has open now.
    public var report: WorkerReport {
        var report = WorkerReport(connections: connections.count, closing: loop.closingCount)
        connections.forEach { _, connection in
            if connection.isExchanging { report.exchanges += 1 }
        }
        report.pools = live.pools.map(\.report)
        report.generation = live.values.generation
        return report
    }

    private var openConnections: [ServerConnection] {
        var open: [ServerConnection] = []
        connections.forEach { _, connection in open.append(connection) }
        return open
    }
}
