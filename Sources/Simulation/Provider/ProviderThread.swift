// SPDX-License-Identifier: Apache-2.0
public import Reactor

/// A simulated provider with a thread and a loop of its own, for tests and benches in one process.
public final class ProviderThread: Sendable {
    /// Where it listens.
    public let address: SocketAddress
    private let inbox: LoopInbox
    private let thread: LoopThread
    private let holder: Holder

    /// The provider; touched on its loop only, once the thread runs.
    private final class Holder: @unchecked Sendable {  // Sendable: used on the loop only.
        let loop: EventLoop
        let provider: FakeProvider

        init(loop: EventLoop, provider: FakeProvider) {
            self.loop = loop
            self.provider = provider
        }
    }

    /// Listens on a free port of the loopback address unless another address is given.
    public init(
        _ script: ProviderScript = ProviderScript(), dialect: FakeProvider.Dialect = .openai,
        address: SocketAddress = .loopback(port: 0)
    ) throws(ListenFault) {
        let loop = EventLoop()
        let provider = try FakeProvider(
            loop: loop, address: address, dialect: dialect, script: script)
        let holder = Holder(loop: loop, provider: provider)
        self.holder = holder
        self.address = provider.address
        inbox = loop.inbox
        thread = LoopThread(name: "provider") { holder.loop.run() }
    }

    /// `HOST:PORT` for URLs.
    public var authority: String { address.description }

    /// Changes the script for the requests that come next.
    public func change(_ body: @escaping @Sendable (inout ProviderScript) -> Void) async {
        await onLoop { body(&$0.script) }
    }

    /// What it has counted so far.
    public func counters() async -> ProviderCounters { await onLoop { $0.counters } }

    public func resetCounters() async { await onLoop { $0.counters.reset() } }

    private func onLoop<Result: Sendable>(
        _ body: @escaping @Sendable (FakeProvider) -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            inbox.post { [holder] in continuation.resume(returning: body(holder.provider)) }
        }
    }

    /// Resets all connections, stops listening and waits for the thread.
    public func stop() {
        inbox.post { [holder] in
            holder.provider.close()
            holder.loop.stop()
        }
        thread.join()
    }
}
