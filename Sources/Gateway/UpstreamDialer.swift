// SPDX-License-Identifier: Apache-2.0
internal import Core
public import Reactor
internal import Upstreams

/// Why no connection to an upstream could be made.
enum DialFault: Error, Equatable {
    /// The name does not resolve, or no address accepts.
    case unreachable
    case tls
}

/// Opens connections to upstreams for one worker: names, addresses, TLS.
public final class UpstreamDialer {
    let loop: EventLoop

    public init(loop: EventLoop) { self.loop = loop }

    /// Starts to open a connection; `completion` is called once, unless it is cancelled before.
    func dial(
        _ upstream: Upstream, completion: @escaping (Result<Transport, DialFault>) -> Void
    ) -> Dialing {
        let dialing = Dialing(loop: loop, completion: completion)
        dialing.start(upstream)
        return dialing
    }
}

/// One connection being opened.
final class Dialing {
    private unowned let loop: EventLoop
    private var completion: ((Result<Transport, DialFault>) -> Void)?
    private var attempt: ConnectAttempt?

    init(loop: EventLoop, completion: @escaping (Result<Transport, DialFault>) -> Void) {
        self.loop = loop
        self.completion = completion
    }

    func start(_ upstream: Upstream) {
        let host = upstream.origin.host == "localhost" ? "127.0.0.1" : upstream.origin.host
        guard let address = SocketAddress(literal: host, port: upstream.origin.port) else {
            return finish(.failure(.unreachable))
        }
        attempt = ConnectAttempt(loop: loop, address: address) { [weak self] in
            self?.onConnected($0)
        }
    }

    private func onConnected(_ result: Result<Int32, TransportFault>) {
        let peer = attempt?.address
        attempt = nil
        switch result {
        case .success(let descriptor):
            finish(.success(Transport(loop: loop, descriptor: descriptor, peer: peer)))
        case .failure: finish(.failure(.unreachable))
        }
    }

    private func finish(_ result: Result<Transport, DialFault>) {
        let completion = self.completion
        self.completion = nil
        completion?(result)
    }

    func cancel() {
        completion = nil
        attempt?.cancel()
        attempt = nil
    }
}
