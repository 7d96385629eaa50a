// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Glibc
import Reactor
import Telemetry
import Testing
import Upstreams

/// One worker on a loop of its own, in front of upstreams whose other end the test itself plays.
final class GatewayUnderTest {
    let loop = LoopHarness()
    let address: SocketAddress
    private let worker: Worker

    /// Serves the model `m` from the upstreams in their order, one route for all of them.
    init(_ upstreams: [ScriptedUpstream], _ change: (inout Snapshot) -> Void = { _ in }) throws {
        let snapshot = try LoadedSnapshot(Self.snapshot(upstreams, change))
        let (worker, address) = try loop.run { loop in
            var options = BlockingPool.Options()
            options.threads = 1
            let resolver = Resolver(pool: BlockingPool(name: "test", options: options))
            let worker = Worker(
                loop: loop, snapshot: snapshot, seed: 1,
                dialer: UpstreamDialer(loop: loop, resolver: resolver, trust: TrustStore()),
                reporter: Reporter(
                    loop: loop,
                    registry: MetricRegistry(
                        startedAt: Timestamp(nanoseconds: 0), version: "0"),
                    destination: nil, snapshot: snapshot.values))
            return (worker, try worker.listen(on: .loopback(port: 0)))
        }
        self.worker = worker
        self.address = address
    }

    deinit {
        let worker = self.worker
        loop.run { _ in worker.close() }
    }

    static func snapshot(
        _ upstreams: [ScriptedUpstream], _ change: (inout Snapshot) -> Void = { _ in }
    ) -> Snapshot {
        var snapshot = Snapshot()
        snapshot.upstreams = upstreams.enumerated().map { index, upstream in
            Upstream(
                name: "u\(index)", kind: .compatible,
                origin: Origin(scheme: .http, host: "127.0.0.1", port: upstream.address.port),
                basePath: "/base")
        }
        let targets = upstreams.indices.map { Target(upstream: $0, model: nil, priority: $0) }
        snapshot.routes = RouteTable([Route(name: "m", strategy: .priority, targets: targets)])
        change(&snapshot)
        return snapshot
    }

    /// Runs `body` with the worker on its loop.
    @discardableResult
    func onLoop<Value>(_ body: @escaping (Worker) throws -> Value) rethrows -> Value {
        let worker = self.worker
        do { return try loop.run { _ in try body(worker) } } catch { throw error }
    }

    var report: WorkerReport { loop.run { [worker] _ in worker.report } }

    func wait(
        at location: SourceLocation = #_sourceLocation,
        until condition: @escaping (WorkerReport) -> Bool
    ) {
        loop.wait(polling: true, at: location) { [worker] in condition(worker.report) }
    }

    func connect(receiveBuffer: Int32? = nil) throws -> PeerSocket {
        try PeerSocket(to: address, receiveBuffer: receiveBuffer)
    }
}

/// A request as a client writes it.
struct Ask {
    var stream = false
    var fields: [String] = []
    var version = "1.1"
    var more = ""

    var body: String {
        let flag = stream ? ",\"stream\":true" : ""
        return
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]\(flag)\(more)}"
    }

    var text: String {
        let lines = [
            "POST /v1/chat/completions HTTP/\(version)", "host: gateway.test",
            "content-type: application/json", "content-length: \(body.utf8.count)",
        ]
        return (lines + fields).joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}

/// A listening socket whose connections the test serves by hand.
final class ScriptedUpstream {
    let address: SocketAddress
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let bound = SocketAddress.loopback(port: 0).withSockAddr { bind(descriptor, $0, $1) }
        try #require(bound == 0 && Glibc.listen(descriptor, 64) == 0)
        address = try #require(SocketAddress.filled { getsockname(descriptor, $0, $1) }.address)
    }

    deinit { close(descriptor) }

    /// The next connection that the gateway makes.
    func accept() throws -> PeerSocket {
        let accepted = Glibc.accept(descriptor, nil, nil)
        try #require(accepted >= 0, "the gateway did not connect")
        return PeerSocket(accepted)
    }

    /// Whether a connection waits to be accepted.
    var hasCaller: Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, 0) == 1
    }
}

/// A message as it came over the wire.
struct RawMessage {
    /// The start line.
    var line = ""
    /// Names in lower case.
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Whether the body ended as its framing says.
    var isWhole = false

    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
    var status: Int { Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension PeerSocket {
    /// Reads one message and nothing beyond it; a body without framing ends with the connection.
    func receiveMessage(hasBody: Bool = true) -> RawMessage {
        var message = RawMessage()
        let lines = receive(until: "\r\n\r\n").split(separator: "\r\n")
        message.line = String(lines.first ?? "")
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            message.fields.append((parts[0].lowercased(), String(value)))
        }
        guard hasBody, end == nil else { return message }
        if let length = message["content-length"].flatMap({ Int($0) }) {
            message.body = receive(exactly: length)
            message.isWhole = message.body.count == length
        } else if message["transfer-encoding"] == "chunked" {
            receiveChunks(&message)
        } else if message.line.hasPrefix("HTTP/") {
            message.body = receiveToEnd()
            message.isWhole = end == .orderly
        } else {
            message.isWhole = true
        }
        return message
    }

    private func receiveChunks(_ message: inout RawMessage) {
        while true {
            let line = receive(until: "\r\n").dropLast(1)
            guard let size = Int(line.filter { $0.isHexDigit }, radix: 16) else { return }
            message.body += receive(exactly: size)
            guard receive(exactly: 2).elementsEqual([13, 10]) else { return }
            if size == 0 {
                message.isWhole = true
                return
            }
        }
    }

    /// Sends an answer with a length.
    func answer(
        _ status: Int = 200, _ body: String = "{}", type: String = "application/json",
        fields: [String] = []
    ) {
        let lines =
            [
                "HTTP/1.1 \(status) Fine", "content-type: \(type)",
                "content-length: \(body.utf8.count)",
            ]
            + fields
        send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Sends the head of a chunked answer.
    func beginChunked(type: String = "text/event-stream") {
        send("HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\ntransfer-encoding: chunked\r\n\r\n")
    }

    func chunk(_ data: String) {
        send(String(data.utf8.count, radix: 16) + "\r\n" + data + "\r\n")
    }
}
