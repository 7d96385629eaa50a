// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Reactor

/// The cluster's two sockets, for datagrams and for streams, on one port number.
struct ClusterPorts {
    /// A free UDP port whose TCP twin is taken: another one is tried, this often.
    private static let tries = 16

    let datagrams: DatagramSocket
    let streams: Listener

    var address: SocketAddress { datagrams.address }

    init(
        loop: EventLoop, address: SocketAddress,
        onDatagram: @escaping (Span<UInt8>, SocketAddress) -> Void,
        onStream: @escaping (Int32, SocketAddress?) -> Void
    ) throws(ListenFault) {
        var tries = address.port == 0 ? Self.tries : 1
        while true {
            tries -= 1
            let datagrams = try DatagramSocket(
                loop: loop, address: address, onDatagram: onDatagram)
            do throws(ListenFault) {
                let free = try Listener.probe(datagrams.address)
                streams = try Listener(loop: loop, address: free, onAccept: onStream)
                self.datagrams = datagrams
                return
            } catch {
                datagrams.close()
                guard tries > 0 else { throw error }
            }
        }
    }

    func close() {
        datagrams.close()
        streams.close()
    }

    /// Where others reach a node that listens on `bound`: there, or where this machine sends from.
    static func reachable(_ bound: SocketAddress) -> SocketAddress {
        guard bound.isUnspecified else { return bound }
        // Documentation addresses (RFC 5737, RFC 3849): only the route to them is looked at.
        let far = ["192.0.2.1", "2001:db8::1"].compactMap { SocketAddress(literal: $0, port: 9) }
        let source = far.lazy.compactMap { SocketAddress.local(towards: $0) }.first
        return (source ?? .loopback(port: 0)).with(port: bound.port)
    }
}
