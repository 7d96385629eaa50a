// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Synchronization

/// Turns host names into addresses for all loops: one memory, look-ups on a blocking pool.
public final class Resolver: Sendable {
    /// Addresses in the order to try them, or why there are none.
    public typealias Answer = ResolverMachine.Answer

    /// Hears of an answer that did not come at once.
    public typealias Completion = @Sendable (Answer) -> Void

    /// What a request gets: the answer at once, or a ticket while a look-up is under way.
    public enum Reply: Sendable {
        case ready(Answer)
        case pending(Ticket)
    }

    /// Names a request under way, to be given back when the caller loses interest.
    public struct Ticket: Sendable {
        fileprivate let waiter: ResolverMachine.Waiter
        fileprivate let name: String
    }

    private struct Waiting {
        let port: UInt16
        let inbox: LoopInbox
        let completion: Completion
    }

    private struct State {
        var machine: ResolverMachine
        var waiting: [ResolverMachine.Waiter: Waiting] = [:]
    }

    private let pool: BlockingPool
    private let lookUp: @Sendable (String) -> Answer
    private let clock: @Sendable () -> Instant
    private let state: Mutex<State>

    /// Asks the operating system.
    public convenience init(pool: BlockingPool, options: ResolverMachine.Options = .init()) {
        self.init(
            pool: pool, options: options, clock: { SystemClock.monotonic() },
            lookUp: { SystemLookUp.addresses(of: $0) })
    }

    /// Asks `lookUp`, which may block, with times from `clock`.
    init(
        pool: BlockingPool, options: ResolverMachine.Options,
        clock: @escaping @Sendable () -> Instant, lookUp: @escaping @Sendable (String) -> Answer
    ) {
        self.pool = pool
        self.clock = clock
        self.lookUp = lookUp
        state = Mutex(State(machine: ResolverMachine(options)))
    }

    /// Addresses to connect to, in the order to try them; literals and fresh names at once.
    ///
    /// A pending request calls `completion` exactly once, from `inbox`, unless it is cancelled;
    /// after `cancel` a call that was posted already may still come.
    public func resolve(
        _ peer: HostPort, inbox: LoopInbox, completion: @escaping Completion
    ) -> Reply {
        if let address = peer.address { return .ready(.success([address])) }
        let now = clock()
        let action = state.withLock { state in
            let action = state.machine.onRequest(peer.host, now: now)
            switch action {
            case .lookUp(let waiter), .wait(let waiter):
                state.waiting[waiter] = Waiting(
                    port: peer.port, inbox: inbox, completion: completion)
            case .answer, .answerAndLookUp: break
            }
            return action
        }
        switch action {
        case .answer(let answer): return .ready(answer.with(port: peer.port))
        case .answerAndLookUp(let addresses):
            start(peer.host)
            return .ready(Answer.success(addresses).with(port: peer.port))
        case .lookUp(let waiter):
            start(peer.host)
            return .pending(Ticket(waiter: waiter, name: peer.host))
        case .wait(let waiter): return .pending(Ticket(waiter: waiter, name: peer.host))
        }
    }

    /// The caller needs no answer any more; the look-up still fills the memory.
    public func cancel(_ ticket: Ticket) {
        state.withLock { state in
            state.machine.onCancel(ticket.waiter, name: ticket.name)
            state.waiting[ticket.waiter] = nil
        }
    }

    private func start(_ name: String) {
        do {
            try pool.run { [self] in finish(name, lookUp(name)) }
        } catch {
            finish(name, .failure(.overloaded))
        }
    }

    private func finish(_ name: String, _ result: Answer) {
        let now = clock()
        let (answer, told) = state.withLock { state in
            let (waiters, answer) = state.machine.onResult(name, result, now: now)
            return (answer, waiters.compactMap { state.waiting.removeValue(forKey: $0) })
        }
        for waiting in told {
            let addressed = answer.with(port: waiting.port)
            waiting.inbox.post { waiting.completion(addressed) }
        }
    }
}

extension Result where Success == [SocketAddress], Failure == ResolverFault {
    /// The addresses with a port, families taking turns.
    fileprivate func with(port: UInt16) -> Self {
        map { addresses in
            HappyEyeballs.interleaved(addresses).map { address in
                var copy = address
                copy.port = port
                return copy
            }
        }
    }
}
