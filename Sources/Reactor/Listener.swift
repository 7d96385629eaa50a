// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Core

/// A listening socket of one loop; several loops share a port through `SO_REUSEPORT`.
public final class Listener: EventHandler {
    /// Connections accepted per readiness event, so that a flood does not starve the others.
    private static let acceptBatch = 64
    private static let backlog: Int32 = 4096

    /// The address bound, with the real port when 0 was asked for.
    public let address: SocketAddress
    private unowned let loop: EventLoop
    private let descriptor: Int32
    private var registration: SlotHandle?
    private let onAccept: (Int32, SocketAddress?) -> Void
    /// How long it asks for nothing when there is nothing left for another connection.
    ///
    /// The readiness stays meanwhile, and would be reported without end.
    private static let rest = Nanoseconds(.milliseconds(100))
    private var restTimer: TimerHandle?
    private var isClosed = false
    /// How often there was no descriptor or memory left for a connection.
    public private(set) var refusals = 0

    /// Binds and listens; connections come as non-blocking sockets with `TCP_NODELAY`.
    public init(
        loop: EventLoop, address: SocketAddress, onAccept: @escaping (Int32, SocketAddress?) -> Void
    ) throws(ListenFault) {
        self.loop = loop
        self.onAccept = onAccept
        descriptor = try Self.open(address, shared: true)
        self.address = Self.boundAddress(descriptor) ?? address
        super.init()
        registration = loop.register(descriptor, .readable, handler: self)
    }

    /// Stops accepting.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        unregister()
        if let restTimer { loop.cancel(restTimer) }
        _ = CLinux.close(descriptor)
    }

    private func unregister() {
        guard let registration else { return }
        self.registration = nil
        loop.unregister(registration, descriptor)
    }

    /// Connections wait to be accepted.
    override public func onReady(_ readiness: Readiness) {
        for _ in 0..<Self.acceptBatch {
            let (accepted, peer) = unsafe SocketAddress.filled {
                unsafe apus_accept(descriptor, $0, $1)
            }
            guard accepted >= 0 else {
                if Self.isExhausted(-accepted) { pause() }
                return
            }
            SocketOption.setNoDelay(accepted)
            onAccept(accepted, peer)
            if isClosed { return }
        }
    }

    private static func isExhausted(_ code: Int32) -> Bool {
        code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
    }

    private func pause() {
        refusals += 1
        unregister()
        restTimer = loop.schedule(at: loop.now + Self.rest, self, kind: 0)
    }

    /// The rest is over: those who waited in the kernel's queue are accepted.
    override public func onTimer(_ kind: UInt32) {
        restTimer = nil
        guard !isClosed else { return }
        registration = loop.register(descriptor, .readable, handler: self)
    }

    private static func open(_ address: SocketAddress, shared: Bool) throws(ListenFault) -> Int32 {
        let descriptor = apus_socket(address.domain)
        guard descriptor >= 0 else { throw ListenFault(address: address, code: -descriptor) }
        SocketOption.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if shared { SocketOption.set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
        var result = unsafe address.withSockAddr { unsafe apus_bind(descriptor, $0, $1) }
        if result == 0 { result = apus_listen(descriptor, backlog) }
        guard result == 0 else {
            _ = CLinux.close(descriptor)
            throw ListenFault(address: address, code: -result)
        }
        return descriptor
    }

    /// Finds out whether somebody listens there already, and which port 0 becomes.
    ///
    /// Sockets that share a port do not see a conflict, not even with another process, so the
    /// first one to bind must not share.
    public static func probe(_ address: SocketAddress) throws(ListenFault) -> SocketAddress {
        let descriptor = try open(address, shared: false)
        defer { _ = CLinux.close(descriptor) }
        return boundAddress(descriptor) ?? address
    }

    private static func boundAddress(_ descriptor: Int32) -> SocketAddress? {
        unsafe SocketAddress.filled { unsafe apus_local_address(descriptor, $0, $1) }.address
    }
}

/// An address that cannot be listened on.
public struct ListenFault: Error, Equatable, CustomStringConvertible, Sendable {
    public var address: SocketAddress
    /// The errno.
    public var code: Int32

    public var description: String {
        switch code {
        case EADDRINUSE:
            "\(address) is in use by another process; stop it or choose another address"
        case EACCES: "\(address) needs more rights; choose a port above 1023"
        case EADDRNOTAVAIL: "\(address) is no address of this machine"
        default: "cannot listen on \(address): \(SystemText.describe(code))"
        }
    }
}
