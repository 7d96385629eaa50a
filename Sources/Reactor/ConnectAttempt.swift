// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Core

/// One non-blocking connect to one address; reports its outcome once, then is done.
public final class ConnectAttempt: EventHandler {
    public let address: SocketAddress
    /// The local address to connect from; nil leaves it to the system.
    private let source: SocketAddress?
    private unowned let loop: EventLoop
    private var descriptor: Int32 = -1
    private var registration: SlotHandle?
    private var completion: ((Result<Int32, TransportFault>) -> Void)?

    /// Starts to connect; `completion` gets the socket or the fault, never before `init` returns.
    public init(
        loop: EventLoop, address: SocketAddress, from source: SocketAddress? = nil,
        completion: @escaping (Result<Int32, TransportFault>) -> Void
    ) {
        self.loop = loop
        self.address = address
        self.source = source
        self.completion = completion
        super.init()
        start()
    }

    private func start() {
        descriptor = apus_socket(address.domain)
        guard descriptor >= 0 else { return finishLater(-descriptor) }
        SocketOption.setNoDelay(descriptor)
        if let source, source.family == address.family {
            let bound = unsafe source.withSockAddr { unsafe apus_bind(descriptor, $0, $1) }
            guard bound == 0 else { return finishLater(-bound) }
        }
        let result = unsafe address.withSockAddr { unsafe apus_connect(descriptor, $0, $1) }
        // A connect that succeeds or fails at once is reported by the loop all the same, so that
        // there is only one path.
        guard result == 0 || result == -EINPROGRESS else { return finishLater(-result) }
        registration = loop.register(descriptor, .writable, handler: self)
    }

    private func finishLater(_ code: Int32) {
        failure = code
        timer = loop.schedule(at: loop.now, self, kind: 0)
    }

    private var failure: Int32 = 0
    private var timer: TimerHandle?

    override public func onTimer(_ kind: UInt32) {
        timer = nil
        finish(.failure(.system(failure)))
    }

    override public func onReady(_ readiness: Readiness) {
        let code = apus_socket_error(descriptor)
        finish(code == 0 ? .success(descriptor) : .failure(.system(-code)))
    }

    private func finish(_ result: Result<Int32, TransportFault>) {
        let completion = self.completion
        let socket = descriptor
        if case .success = result { descriptor = -1 }
        if let registration { loop.unregister(registration, socket) }
        registration = nil
        release()
        completion?(result)
    }

    /// Gives up; nothing is reported.
    public func cancel() { release() }

    private func release() {
        completion = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        if let registration { loop.unregister(registration, descriptor) }
        registration = nil
        if descriptor >= 0 { _ = CLinux.close(descriptor) }
        descriptor = -1
    }
}
