// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc
import Reactor
import Testing

/// The other end of a connection under test: a blocking socket that gives up after ten seconds.
final class PeerSocket {
    /// How a connection ended, as its peer sees it.
    enum End: Equatable { case orderly, reset, tooLong }

    private(set) var descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Connects over loopback.
    convenience init(to address: SocketAddress, receiveBuffer: Int32? = nil) throws {
        let descriptor = socket(address.domain, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        let result = address.withSockAddr { connect(descriptor, $0, $1) }
        self.init(descriptor)
        try #require(result == 0, "nobody listens at \(address)")
    }

    /// Whether nobody listens at an address.
    static func isRefused(at address: SocketAddress) -> Bool {
        let descriptor = socket(address.domain, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = Glibc.close(descriptor) }
        return address.withSockAddr { connect(descriptor, $0, $1) } != 0
    }

    deinit { close() }

    /// A connected pair: the peer, and the non-blocking descriptor for a transport.
    static func pair() throws -> (PeerSocket, Int32) {
        var both: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &both) == 0)
        try #require(fcntl(both[1], F_SETFL, O_NONBLOCK) == 0)
        return (PeerSocket(both[0]), both[1])
    }

    /// A pair over TCP on loopback, where resets exist.
    static func tcpPair() throws -> (PeerSocket, Int32) {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = Glibc.close(listening) }
        try #require(SocketAddress.loopback(port: 0).withSockAddr { bind(listening, $0, $1) } == 0)
        try #require(listen(listening, 1) == 0)
        let bound = SocketAddress.filled { getsockname(listening, $0, $1) }.address
        let peer = try PeerSocket(to: try #require(bound))
        let accepted = accept(listening, nil, nil)
        try #require(fcntl(accepted, F_SETFL, O_NONBLOCK) == 0)
        return (peer, accepted)
    }

    func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    func shutdownWrite() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Sends everything; false when the connection does not take it.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends what the kernel takes without waiting; returns how much.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        return max(0, Glibc.send(descriptor, bytes, bytes.count, flags))
    }

    /// Some bytes, at least one; nil at the end, whose manner `end` tells.
    func receive(_ most: Int = 65536) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = recv(descriptor, &buffer, most, 0)
        if count > 0 { return Array(buffer[..<count]) }
        end = count == 0 ? .orderly : errno == EAGAIN ? .tooLong : .reset
        return nil
    }

    private(set) var end: End?

    /// Exactly so many bytes, fewer if the connection ends before.
    func receive(exactly count: Int) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count, let more = receive(min(count - all.count, 65536)) { all += more }
        return all
    }

    /// All bytes up to the end of the connection.
    func receiveToEnd() -> [UInt8] {
        var all: [UInt8] = []
        while let more = receive() { all += more }
        return all
    }

    /// Reads until `text` has come; whatever came, if it never does.
    func receive(until text: String) -> String {
        var all: [UInt8] = []
        let wanted = Array(text.utf8)
        while let more = receive(1) {
            all += more
            if all.suffix(wanted.count).elementsEqual(wanted) { break }
        }
        return String(decoding: all, as: UTF8.self)
    }
}
