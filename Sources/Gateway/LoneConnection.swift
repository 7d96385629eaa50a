// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Reactor
internal import Upstreams

/// Hears what becomes of a request on a connection of its own.
protocol LoneConnectionDelegate: AnyObject {
    /// It is open: the request can be written.
    func onOpen(_ transport: Transport)
    func onAnswerHead(_ head: ResponseHead)
    func onAnswerBody(_ bytes: Span<UInt8>)
    func onAnswerEnd()
    /// Nothing more comes; the connection is closed.
    func onFault(_ fault: AttemptFault)
    /// The upstream has taken enough of what was written.
    func onUpstreamDrained()
}

/// A connection that carries one request and its answer, then closes.
///
/// For calls that are too rare, or last too long, to share the pools that chats go through.
final class LoneConnection: TransportDelegate {
    private let upstream: Upstream
    private let method: HTTPMethod
    private weak var delegate: (any LoneConnectionDelegate)?
    /// Nil until it is open, and when it is closed.
    private(set) var transport: Transport?
    private var dialing: Dialing?
    private var parser = HTTP1ResponseParser()
    private var isClosed = false
    private var isPaused = false

    init(to upstream: Upstream, method: HTTPMethod, delegate: any LoneConnectionDelegate) {
        self.upstream = upstream
        self.method = method
        self.delegate = delegate
        parser.begin(method: method)
    }

    /// Begins to connect; failing may be told before this returns.
    func open(with dialer: UpstreamDialer, permits: AddressRule? = nil) {
        let dialing = dialer.dial(upstream, permits: permits) { [weak self] result in
            self?.onDialed(result)
        }
        if !isClosed, transport == nil { self.dialing = dialing }
    }

    private func onDialed(_ result: Result<Transport, DialFault>) {
        dialing = nil
        switch result {
        case .success(let transport):
            guard !isClosed else { return transport.close() }
            self.transport = transport
            transport.delegate = self
            delegate?.onOpen(transport)
        case .failure(.forbidden): fail(.forbidden)
        case .failure(.tls): fail(.tls)
        case .failure(.unreachable): fail(.unreachable)
        }
    }

    // MARK: - Pressure

    /// Reads no more until `resume`.
    func pause() {
        guard !isPaused, let transport else { return }
        isPaused = true
        transport.pauseReading()
    }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        transport?.resumeReading()
    }

    func transportDidDrain(_ transport: Transport) { delegate?.onUpstreamDrained() }

    // MARK: - The answer

    func transportDidBecomeReady(_ transport: Transport) {}

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        var offset = 0
        while !isClosed {
            let rest = bytes.extracting(offset..<bytes.count)
            let (consumed, event) = parser.next(rest)
            offset += consumed
            switch event {
            case .needMore: return
            case .informational: continue
            case .head(let head): delegate?.onAnswerHead(head)
            case .body(let range): delegate?.onAnswerBody(rest.extracting(range))
            case .end: return end()
            case .failure: return fail(.garbage)
            }
        }
    }

    func transportDidReachEnd(_ transport: Transport) {
        if case .end = parser.onEndOfInput() { end() } else { fail(.broken) }
    }

    func transport(_ transport: Transport, didFail fault: TransportFault) { fail(.broken) }

    // MARK: - Ends

    private func end() {
        guard !isClosed else { return }
        close()
        delegate?.onAnswerEnd()
    }

    private func fail(_ fault: AttemptFault) {
        guard !isClosed else { return }
        close()
        delegate?.onFault(fault)
    }

    /// Nothing more is wanted of it; nothing more is told.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        dialing?.cancel()
        dialing = nil
        transport?.close()
        transport = nil
    }
}
