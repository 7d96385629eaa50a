// SPDX-License-Identifier: Apache-2.0
public import Core

/// Which connection of one upstream serves whom: idle ones last in, first out; waiters in order.
///
/// Connections and waiters are named by numbers that the shell gives out, so the machine is a
/// plain value. Invariants: a connection is idle or busy, never both; nobody waits while one is
/// idle or could be opened.
public struct PoolMachine: Sendable {
    /// The shell's number for a connection.
    public typealias ConnectionID = UInt64
    /// The shell's number for someone who wants one.
    public typealias WaiterID = UInt64

    private struct Idle: Sendable {
        var connection: ConnectionID
        var expires: Instant
    }

    public let limits: PoolLimits
    private let idleTimeout: Nanoseconds
    /// Connections that exist, those being opened included.
    public private(set) var open = 0
    /// Oldest first.
    private var idle: [Idle] = []
    private var waiting: RingBuffer<WaiterID>
    /// Those in `waiting` that have given up; they are passed over, and cost no place.
    private var abandoned: Set<WaiterID> = []

    public init(limits: PoolLimits) {
        self.limits = limits
        idleTimeout = Nanoseconds(limits.idleTimeout)
        waiting = RingBuffer(limit: limits.maximumWaiting)
    }

    public var idleCount: Int { idle.count }
    public var waitingCount: Int { waiting.count - abandoned.count }
    /// When the oldest idle connection has to go.
    public var nextExpiry: Instant? { idle.first?.expires }

    /// How a waiter gets its connection.
    public enum Acquisition: Sendable, Equatable {
        case use(ConnectionID)
        /// Open one; it counts from now on.
        case connect
        /// It stands in the queue; `onRelease` or `onClosed` will serve it.
        case wait
        case refuse
    }

    /// Someone wants a connection; a fresh one, if there is room, when its last had gone stale.
    public mutating func onAcquire(_ waiter: WaiterID, fresh: Bool = false) -> Acquisition {
        let hasRoom = open < limits.maximumConnections
        if !fresh || !hasRoom, let last = idle.popLast() { return .use(last.connection) }
        if hasRoom {
            open += 1
            return .connect
        }
        if waiting.isFull { dropAbandoned() }
        return waiting.append(waiter) ? .wait : .refuse
    }

    /// Someone in the queue wants no connection any more.
    public mutating func onAbandoned(_ waiter: WaiterID) {
        let isNew = abandoned.insert(waiter).inserted
        precondition(isNew && waitingCount >= 0, "only one who waits can give up, and once")
    }

    /// Makes the places of all who have given up free at once: one pass for many.
    private mutating func dropAbandoned() {
        guard !abandoned.isEmpty else { return }
        for _ in 0..<waiting.count {
            guard let waiter = waiting.popFirst() else { break }
            if abandoned.remove(waiter) == nil { _ = waiting.append(waiter) }
        }
    }

    private mutating func popWaiting() -> WaiterID? {
        while let waiter = waiting.popFirst() {
            if abandoned.isEmpty || abandoned.remove(waiter) == nil { return waiter }
        }
        return nil
    }

    /// What to do with a connection whose exchange is over.
    public enum Release: Sendable, Equatable {
        case serve(WaiterID)
        /// Kept until `nextExpiry` at the earliest.
        case park
        case close
    }

    /// A connection that may carry another exchange is free again.
    public mutating func onRelease(_ connection: ConnectionID, now: Instant) -> Release {
        if let waiter = popWaiting() { return .serve(waiter) }
        guard idle.count < limits.maximumIdle else {
            open -= 1
            return .close
        }
        idle.append(Idle(connection: connection, expires: now + idleTimeout))
        return .park
    }

    /// A busy or opening connection is gone; returns the waiter for whom to open another.
    public mutating func onClosed() -> WaiterID? {
        precondition(open > 0, "more connections were closed than opened")
        open -= 1
        guard let waiter = popWaiting() else { return nil }
        open += 1
        return waiter
    }

    /// An idle connection was closed by the upstream.
    public mutating func onIdleClosed(_ connection: ConnectionID) {
        guard let index = idle.lastIndex(where: { $0.connection == connection }) else { return }
        idle.remove(at: index)
        open -= 1
    }

    /// Takes out the next connection that was idle for too long; call until nil.
    public mutating func popExpired(now: Instant) -> ConnectionID? {
        guard let oldest = idle.first, oldest.expires <= now else { return nil }
        idle.removeFirst()
        open -= 1
        return oldest.connection
    }

    /// Takes out any idle connection, when the pool is given up.
    public mutating func popIdle() -> ConnectionID? {
        guard let last = idle.popLast() else { return nil }
        open -= 1
        return last.connection
    }
}
