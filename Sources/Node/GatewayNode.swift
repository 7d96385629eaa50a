// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Crypto
public import Gateway
public import Reactor
internal import Telemetry

/// Why a node cannot start; one line that names the way out.
public struct NodeFault: Error, CustomStringConvertible, Sendable {
    public var description: String
}

/// One running gateway node: its workers and what they share.
///
/// Starts in order (addresses, workers), stops in reverse; `drain` in between.
public final class GatewayNode: Sendable {
    /// The API address bound.
    public let apiAddress: SocketAddress
    private let workers: [WorkerThread]

    /// Starts `loops` workers; throws if the address cannot be listened on.
    public init(_ snapshot: Snapshot, loops: Int) throws(NodeFault) {
        do throws(ListenFault) {
            let wanted = try Self.address(snapshot.listen.api)
            let registry = MetricRegistry(startedAt: SystemClock.wall(), version: "0.1.0")
            let destination = try? Self.destination(snapshot.accessLog)
            var workers: [WorkerThread] = []
            var address = try Listener.probe(wanted)
            for index in 0..<loops {
                let worker = try WorkerThread.start(
                    .init(
                        index: index, snapshot: snapshot, seed: RandomBytes.seed(),
                        address: address, makeReporter: {
                            Reporter(
                                loop: $0, registry: registry, destination: destination,
                                snapshot: snapshot)
                        }))
                address = worker.address
                workers.append(worker)
            }
            self.workers = workers
            apiAddress = address
        } catch { throw NodeFault(description: "\(error)") }
    }

    private static func destination(
        _ choice: AccessLogDestination
    ) throws(LogFault) -> LogDescriptor? {
        switch choice {
        case .standardOutput: .standardOutput
        case .file(let path): try LogDescriptor(path: path)
        case .off: nil
        }
    }

    private static func address(_ text: String) throws(ListenFault) -> SocketAddress {
        guard let address = SocketAddress(text) else {
            preconditionFailure("the configuration let a bad address through")
        }
        return address
    }

    /// Puts a new configuration in use on every worker.
    public func apply(_ snapshot: Snapshot) {
        for worker in workers { worker.perform { $0.apply(snapshot) } }
    }

    public func drain() {
        for worker in workers { worker.perform { $0.drain() } }
    }

    /// Ends all workers at once and waits for their threads.
    public func stop() {
        for worker in workers { worker.stop() }
    }
}
