// SPDX-License-Identifier: Apache-2.0

/// What one worker has open, for the operator and for the end of a drain.
public struct WorkerReport: Sendable, Equatable {
    /// Client connections.
    public var connections: Int
    /// Connections that are given up and still have something to send.
    public var closing: Int
    /// Exchanges under way.
    public var exchanges = 0
    public var pools: [PoolReport] = []
    /// Of the configuration in use.
    public var generation: UInt64 = 0

    public init(connections: Int, closing: Int) {
        self.connections = connections
        self.closing = closing
    }

    /// Whether nothing would be lost by ending the worker now.
    public var isIdle: Bool { connections == 0 && closing == 0 }

    /// Whether somebody still waits for an answer or for the rest of one.
    public var isOwing: Bool { exchanges > 0 || closing > 0 }
}

/// One worker's connections to one upstream, in numbers.
public struct PoolReport: Sendable, Equatable {
    public var upstream: String
    /// Connections that exist, those being opened included.
    public var open: Int
    public var idle: Int
    /// Exchanges that wait for a connection.
    public var waiting: Int

    public init(upstream: String, open: Int, idle: Int, waiting: Int) {
        self.upstream = upstream
        self.open = open
        self.idle = idle
        self.waiting = waiting
    }
}
