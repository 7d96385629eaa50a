// SPDX-License-Identifier: Apache-2.0
public import Reactor

/// A node whose control loop has a thread of its own, so that one process can run several.
public final class NodeThread: Sendable {
    public let apiAddress: SocketAddress
    public let adminAddress: SocketAddress
    private let inbox: LoopInbox
    private let thread: LoopThread
    private let holder: Holder

    // Sendable: `node` is touched on the control loop only.
    private final class Holder: @unchecked Sendable {
        var node: GatewayNode?
    }

    private typealias Start = Result<(LoopInbox, SocketAddress, SocketAddress), NodeFault>

    /// Starts the node and waits until it listens.
    public init(_ plan: NodePlan) throws(NodeFault) {
        let outcome = ThreadOutcome<Start>()
        let holder = Holder()
        self.holder = holder
        thread = LoopThread(name: "apus-control") { Self.run(plan, holder, outcome) }
        (inbox, apiAddress, adminAddress) = try outcome.wait().get()
    }

    private static func run(
        _ plan: NodePlan, _ holder: Holder, _ outcome: ThreadOutcome<Start>
    ) {
        do throws(NodeFault) {
            let node = try GatewayNode(plan, loop: EventLoop())
            holder.node = node
            outcome.set(.success((node.loop.inbox, node.apiAddress, node.adminAddress)))
            node.run()
            holder.node = nil
        } catch {
            outcome.set(.failure(error))
        }
    }

    /// Runs `body` on the control loop, soon; not at all once the node has ended.
    public func perform(_ body: @escaping @Sendable (GatewayNode) -> Void) {
        inbox.post { [holder] in
            if let node = holder.node { body(node) }
        }
    }

    /// Takes nothing new, finishes what is under way, then ends.
    public func drain() { perform { $0.drain() } }

    /// Waits until the node has ended; once only.
    public func join() { thread.join() }

    /// Ends the node at once and waits for it.
    public func stop() {
        perform { node in
            node.onSignal(.terminate)
            // The second one cuts the drain short.
            node.onSignal(.terminate)
        }
        join()
    }
}
