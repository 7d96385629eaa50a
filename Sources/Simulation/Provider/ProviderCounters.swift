// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON

/// What a simulated provider has seen and done; requests to its control path do not count.
public struct ProviderCounters: Sendable {
    /// Requests kept in full.
    static let recentLimit = 16
    /// Body bytes kept of each.
    static let bodyLimit = 1024 * 1024
    private static let pathLimit = 256

    /// Requests whose head was read.
    public internal(set) var requests = 0
    /// Answers sent to their end, scripted error statuses included.
    public internal(set) var completed = 0
    /// Requests whose client went away before the answer was whole.
    public internal(set) var cancelled = 0
    /// Answers that the script broke off.
    public internal(set) var broken = 0
    /// Requests that were no HTTP.
    public internal(set) var malformed = 0
    /// Requests under way, and the most there were at once.
    public internal(set) var openRequests = 0
    public internal(set) var openRequestsMax = 0
    public internal(set) var openConnections = 0
    public internal(set) var connections = 0
    public internal(set) var bytesIn = 0
    /// Bytes that the kernel took.
    public internal(set) var bytesOut = 0
    /// Requests by path without query, in the order of first sight.
    public private(set) var paths: [(path: Bytes, requests: Int)] = []
    /// The last requests, oldest first.
    public private(set) var recent: [ReceivedRequest] = []

    public init() {}

    /// The last request received.
    public var last: ReceivedRequest? { recent.last }

    /// Requests for this path.
    public func requests(for path: Bytes) -> Int {
        paths.first { $0.path == path }?.requests ?? 0
    }

    mutating func note(path: Bytes) {
        if let index = paths.firstIndex(where: { $0.path == path }) {
            paths[index].requests += 1
        } else if paths.count < Self.pathLimit {
            paths.append((Bytes(copying: path.span), 1))
        }
    }

    mutating func note(_ request: ReceivedRequest) {
        if recent.count == Self.recentLimit { recent.removeFirst() }
        recent.append(request)
    }

    mutating func requestBegan() {
        requests += 1
        openRequests += 1
        openRequestsMax = max(openRequestsMax, openRequests)
    }

    /// Begins anew; what is open stays open.
    mutating func reset() {
        var fresh = ProviderCounters()
        fresh.openRequests = openRequests
        fresh.openRequestsMax = openRequests
        fresh.openConnections = openConnections
        self = fresh
    }

    /// The counters as members of the object that `writer` is in.
    func write(into writer: inout JSONWriter) {
        for (name, value) in [
            ("requests", requests), ("completed", completed), ("cancelled", cancelled),
            ("broken", broken), ("malformed", malformed), ("open_requests", openRequests),
            ("open_requests_max", openRequestsMax), ("open_connections", openConnections),
            ("connections_total", connections), ("bytes_in", bytesIn), ("bytes_out", bytesOut),
        ] {
            writer.key(Bytes(name).span)
            writer.int(value)
        }
        writer.key("by_path")
        writer.beginObject()
        for entry in paths {
            writer.key(entry.path.span)
            writer.int(entry.requests)
        }
        writer.endObject()
        writer.key("last")
        if let last { last.write(into: &writer) } else { writer.null() }
        writer.key("recent")
        writer.beginArray()
        for request in recent { request.write(into: &writer) }
        writer.endArray()
    }
}
