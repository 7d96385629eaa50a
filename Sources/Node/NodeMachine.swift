// SPDX-License-Identifier: Apache-2.0
public import Core
public import Reactor

/// The life of a node: what a signal, a request of the operator or the passing of time leads to.
///
/// Two ways lead to the end: all exchanges finish while it drains, or the time for that runs out
/// and what is left is broken off properly. A second signal takes neither and stops at once.
public struct NodeMachine: Sendable {
    /// Where a node stands in its life.
    public enum State: Sendable, Equatable {
        /// → serving, stopped
        case starting
        /// → draining, stopped
        case serving
        /// Nothing new is taken. → expiring, stopped
        case draining(until: Instant)
        /// The rest was broken off, and its last bytes leave. → stopped
        case expiring(until: Instant)
        case stopped
    }

    /// While it drains, whoever calls is told so; once nothing else is left, those who keep
    /// calling hold it up until this long after the drain's beginning.
    public static let visitTime: Duration = .seconds(1)

    /// How long the last bytes of broken-off answers may take.
    public static let farewell: Duration = .seconds(2)

    public private(set) var state = State.starting
    private var visitsEnd = Instant.distantFuture
    /// A second signal came: nobody waits for anything any more.
    public private(set) var isHasty = false

    public init() {}

    /// What the shell has to do next.
    public enum Action: Sendable, Equatable {
        case none
        case reload
        /// Take nothing new; call `onTime` at the given time.
        case drain(until: Instant)
        /// Break off what is left; call `onTime` at the given time.
        case expire(until: Instant)
        case stop
    }

    /// When the time of the present phase is up.
    public var deadline: Instant? {
        switch state {
        case .draining(let deadline), .expiring(let deadline): deadline
        case .starting, .serving, .stopped: nil
        }
    }

    public var isServing: Bool { state == .serving }

    /// Everything listens.
    public mutating func onStarted() {
        precondition(state == .starting, "a node is started in the state \(state)")
        state = .serving
    }

    /// The process got a signal; `patience` is what answers under way may take.
    public mutating func onSignal(
        _ signal: SignalSource.Signal, patience: Duration, now: Instant
    ) -> Action {
        switch signal {
        case .hangup: state == .serving ? .reload : .none
        case .interrupt, .terminate: onEnd(patience: patience, now: now)
        }
    }

    private mutating func onEnd(patience: Duration, now: Instant) -> Action {
        switch state {
        case .serving: return drain(patience: patience, now: now)
        case .starting, .draining, .expiring:
            state = .stopped
            isHasty = true
            return .stop
        case .stopped: return .none
        }
    }

    /// The operator asked for it; asking again changes nothing.
    public mutating func onDrainRequest(patience: Duration, now: Instant) -> Action {
        state == .serving ? drain(patience: patience, now: now) : .none
    }

    private mutating func drain(patience: Duration, now: Instant) -> Action {
        let deadline = now + patience
        visitsEnd = now + Self.visitTime
        state = .draining(until: deadline)
        return .drain(until: deadline)
    }

    /// What all workers together have open.
    public enum Load: Sendable, Equatable {
        /// Exchanges, or answers on their way.
        case busy
        /// Connections, but nobody is owed anything on them.
        case visitors
        case idle
    }

    /// The workers have told what they have open.
    public mutating func onLoad(_ load: Load, now: Instant) -> Action {
        switch state {
        case .draining, .expiring:
            guard load == .idle || (load == .visitors && now >= visitsEnd) else { return .none }
            state = .stopped
            return .stop
        case .starting, .serving, .stopped: return .none
        }
    }

    /// Time has passed; harmless at any time.
    public mutating func onTime(_ now: Instant) -> Action {
        switch state {
        case .draining(let deadline) where now >= deadline:
            let last = now + Self.farewell
            state = .expiring(until: last)
            return .expire(until: last)
        case .expiring(let deadline) where now >= deadline:
            state = .stopped
            return .stop
        default: return .none
        }
    }
}
