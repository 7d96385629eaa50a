// SPDX-License-Identifier: Apache-2.0
public import Core

/// Races connection attempts to the addresses of one host, each a little later (RFC 8305 §5).
///
/// Life: `start`, then `onTimer`, `onFailed` and `onConnected` in any order until `won` or
/// `exhausted`; whatever comes later is answered with `wait`.
public struct HappyEyeballs: Sendable {
    /// Pause before the next address is tried while an attempt is open (RFC 8305 §8).
    public static let defaultStagger: Duration = .milliseconds(250)

    /// One address that did not work and the errno it failed with.
    public struct Failure: Sendable, Hashable {
        public let address: SocketAddress
        public let code: Int32
    }

    /// What to do now.
    public enum Action: Sendable, Equatable {
        /// Start attempt number `attempt`; call `onTimer` at `wakeAt` if it is given.
        case connect(attempt: Int, SocketAddress, wakeAt: Instant?)
        /// Nothing, until an attempt ends or a timer set before fires.
        case wait
        /// Use this attempt's connection and cancel the others.
        case won(attempt: Int, cancel: [Int])
        /// Every address has failed; in the order of failing.
        case exhausted([Failure])
    }

    private let addresses: [SocketAddress]
    private let stagger: Duration
    private var next = 0
    private var nextStart = Instant.distantFuture
    private var open: [Int] = []
    private var failures: [Failure] = []
    private var isOver = false

    /// Takes the addresses in the order to try them; see `interleaved`.
    public init(_ addresses: [SocketAddress], stagger: Duration = defaultStagger) {
        self.addresses = addresses
        self.stagger = stagger
    }

    /// Begins with the first address; without addresses, everything has failed already.
    public mutating func start(now: Instant) -> Action {
        precondition(next == 0 && !isOver, "a race starts once")
        return connectNext(now: now)
    }

    /// The time of `wakeAt` has come; timers of attempts that are over do no harm.
    public mutating func onTimer(now: Instant) -> Action {
        guard !isOver, now >= nextStart else { return .wait }
        return connectNext(now: now)
    }

    /// An attempt failed: the next one need not wait any longer.
    public mutating func onFailed(attempt: Int, code: Int32, now: Instant) -> Action {
        guard !isOver, close(attempt) else { return .wait }
        failures.append(Failure(address: addresses[attempt], code: code))
        return connectNext(now: now)
    }

    /// An attempt succeeded: the race is over.
    public mutating func onConnected(attempt: Int) -> Action {
        guard !isOver, close(attempt) else { return .wait }
        isOver = true
        return .won(attempt: attempt, cancel: open)
    }

    private mutating func connectNext(now: Instant) -> Action {
        guard next < addresses.count else {
            nextStart = .distantFuture
            guard open.isEmpty else { return .wait }
            isOver = true
            return .exhausted(failures)
        }
        let attempt = next
        next += 1
        open.append(attempt)
        nextStart = next < addresses.count ? now + stagger : .distantFuture
        return .connect(
            attempt: attempt, addresses[attempt],
            wakeAt: next < addresses.count ? nextStart : nil)
    }

    private mutating func close(_ attempt: Int) -> Bool {
        guard let index = open.firstIndex(of: attempt) else { return false }
        open.remove(at: index)
        return true
    }

    /// Families take turns, beginning with that of the first address (RFC 8305 §4).
    public static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        let leading = addresses.filter { $0.family == first.family }
        let trailing = addresses.filter { $0.family != first.family }
        guard !trailing.isEmpty else { return leading }
        var result: [SocketAddress] = []
        result.reserveCapacity(addresses.count)
        for index in 0..<max(leading.count, trailing.count) {
            if index < leading.count { result.append(leading[index]) }
            if index < trailing.count { result.append(trailing[index]) }
        }
        return result
    }
}
