// SPDX-License-Identifier: Apache-2.0
public import Core
internal import HTTP
public import Reactor

/// Asks a node's admin port one thing and waits for the answer; for commands, not for nodes.
public final class AdminClient: EventHandler, TransportDelegate {
    /// What a node answered.
    public struct Answer: Sendable {
        public var status: Int
        public var body: Bytes
    }

    /// Longer than a node takes to ask all others.
    private static let patience = Duration.seconds(15)

    private let loop = EventLoop()
    private let address: SocketAddress
    private var parser: HTTP1ResponseParser
    private var body = ByteWriter()
    private var status = 0
    private var transport: Transport?
    private var outcome: Result<Answer, NodeFault>?

    private init(_ address: SocketAddress) {
        self.address = address
        var limits = HTTPLimits()
        limits.headBytes = 16 * 1024
        parser = HTTP1ResponseParser(limits: limits)
        super.init()
    }

    /// Sends a request without a body and waits; throws when no answer comes.
    public static func call(
        _ isPost: Bool, _ path: String, at address: SocketAddress, key: Secret
    ) throws(NodeFault) -> Answer {
        try AdminClient(address).run(isPost ? .post : .get, path, key)
    }

    private func run(
        _ method: HTTPMethod, _ path: String, _ key: Secret
    ) throws(NodeFault) -> Answer {
        let attempt = ConnectAttempt(loop: loop, address: address) { [self] result in
            switch result {
            case .success(let descriptor): ask(descriptor, method, path, key)
            case .failure(let fault): fail("cannot be reached: \(Self.text(fault))")
            }
        }
        let timer = loop.schedule(at: SystemClock.monotonic() + Self.patience, self, kind: 0)
        loop.run()
        loop.cancel(timer)
        withExtendedLifetime(attempt) {}
        transport?.close()
        guard let outcome else { preconditionFailure("a call ended without an outcome") }
        return try outcome.get()
    }

    private func ask(_ descriptor: Int32, _ method: HTTPMethod, _ path: String, _ key: Secret) {
        let transport = Transport(loop: loop, descriptor: descriptor, peer: address)
        transport.delegate = self
        self.transport = transport
        parser.begin(method: method)
        transport.write { writer in
            writer.append(method == .post ? "POST " : "GET " as StaticString)
            writer.append(path)
            writer.append(" HTTP/1.1\r\nhost: apus\r\nconnection: close\r\n")
            if method == .post { writer.append("content-length: 0\r\n") }
            writer.append("authorization: Bearer ")
            writer.append(key.reveal().span)
            writer.append("\r\n\r\n")
        }
    }

    /// A piece of the answer has come.
    public func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        var offset = 0
        while outcome == nil {
            let rest = bytes.extracting(offset..<bytes.count)
            let (consumed, event) = parser.next(rest)
            offset += consumed
            switch event {
            case .needMore: return
            case .informational: break
            case .head(let head): status = head.status
            case .body(let range): body.append(rest.extracting(range))
            case .end: finish(.success(Answer(status: status, body: body.finish())))
            case .failure: fail("does not answer as a node does")
            }
        }
    }

    /// Nothing more will come.
    public func transportDidReachEnd(_ transport: Transport) {
        if case .end = parser.onEndOfInput() {
            finish(.success(Answer(status: status, body: body.finish())))
        } else {
            fail("ended the connection without a whole answer")
        }
    }

    public func transport(_ transport: Transport, didFail fault: TransportFault) {
        fail("broke the connection: \(Self.text(fault))")
    }

    public func transportDidDrain(_ transport: Transport) {}
    public func transportDidBecomeReady(_ transport: Transport) {}

    /// The node has not answered in time.
    override public func onTimer(_ kind: UInt32) { fail("does not answer") }

    private func fail(_ what: String) {
        finish(.failure(NodeFault("the node at \(address) \(what) (--admin HOST:PORT)")))
    }

    private func finish(_ result: Result<Answer, NodeFault>) {
        if outcome == nil { outcome = result }
        loop.stop()
    }

    private static func text(_ fault: TransportFault) -> String {
        if case .system(let code) = fault { SystemText.describe(code) } else { "\(fault)" }
    }
}
