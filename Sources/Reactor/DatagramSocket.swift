// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Core

/// A UDP socket on a loop: datagrams come in bounded batches through the loop's one buffer.
///
/// Nothing that arrives ends it: a failed receive is counted, and the next datagram has its turn.
@safe public final class DatagramSocket: EventHandler {
    /// Datagrams taken per readiness event, so that a flood does not starve the others.
    private static let batch = 64
    private static let kernelBuffer: Int32 = 1 << 20

    /// The address bound, with the real port when 0 was asked for.
    public let address: SocketAddress
    /// Receives that the kernel refused for other reasons than emptiness.
    public private(set) var receiveFaults = 0
    /// Datagrams that the kernel did not take; lost like any other.
    public private(set) var sendFaults = 0
    private unowned let loop: EventLoop
    private let descriptor: Int32
    private var registration: SlotHandle?
    private let onDatagram: (Span<UInt8>, SocketAddress) -> Void

    /// Binds; each datagram is lent to `onDatagram` for the time of the call.
    public init(
        loop: EventLoop, address: SocketAddress,
        onDatagram: @escaping (Span<UInt8>, SocketAddress) -> Void
    ) throws(ListenFault) {
        self.loop = loop
        self.onDatagram = onDatagram
        descriptor = try Self.open(address)
        let descriptor = descriptor
        let bound = unsafe SocketAddress.filled {
            unsafe apus_local_address(descriptor, $0, $1)
        }
        self.address = bound.address ?? address
        super.init()
        registration = loop.register(descriptor, .readable, handler: self)
    }

    private static func open(_ address: SocketAddress) throws(ListenFault) -> Int32 {
        let descriptor = apus_datagram_socket(address.domain)
        guard descriptor >= 0 else { throw ListenFault(address: address, code: -descriptor) }
        SocketOption.set(descriptor, SOL_SOCKET, SO_RCVBUF, kernelBuffer)
        let result = unsafe address.withSockAddr { unsafe apus_bind(descriptor, $0, $1) }
        guard result == 0 else {
            _ = CLinux.close(descriptor)
            throw ListenFault(address: address, code: -result)
        }
        return descriptor
    }

    /// Sends one datagram, or drops it; nobody waits for a socket that is full.
    public func send(_ bytes: Bytes, to peer: SocketAddress) {
        guard registration != nil else { return }
        let target = address.family == .v6 ? peer.mapped : peer.unmapped
        let sent = unsafe target.withSockAddr { to, length in
            unsafe bytes.withUnsafeBytes {
                unsafe apus_send_to(descriptor, $0.baseAddress, $0.count, to, length)
            }
        }
        if sent < 0 { sendFaults += 1 }
    }

    /// Takes what waits in the kernel, at most `limit` datagrams.
    public func receive(atMost limit: Int) {
        for _ in 0..<limit {
            guard registration != nil, receiveOne() else { return }
        }
    }

    /// Datagrams wait, or an error of an earlier one does.
    override public func onReady(_ readiness: Readiness) { receive(atMost: Self.batch) }

    /// False when nothing is left.
    private func receiveOne() -> Bool {
        let buffer = unsafe loop.readBuffer
        var count = 0
        let from = unsafe SocketAddress.filled { name, length in
            count = unsafe apus_receive_from(
                descriptor, buffer.baseAddress, buffer.count, name, length)
            return Int32(clamping: count)
        }
        guard count >= 0 else {
            if count == -Int(EAGAIN) { return false }
            receiveFaults += 1
            return count != -Int(EBADF)
        }
        guard let peer = from.address else { return true }
        let filled = unsafe UnsafeBufferPointer(
            rebasing: buffer.bindMemory(to: UInt8.self)[0..<count])
        onDatagram(unsafe Span(_unsafeElements: filled), peer.unmapped)
        return true
    }

    /// Closes the socket.
    public func close() {
        guard let registration else { return }
        self.registration = nil
        loop.unregister(registration, descriptor)
        _ = CLinux.close(descriptor)
    }
}
