// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc
import Synchronization
import Testing

@testable import Reactor

/// What becomes of output that is queued when a connection is given up.
@Suite struct TransportUnsentTests {
    /// More than the kernel takes at once for a peer that does not read.
    private static let pieces = 32
    private static let piece = Bytes([UInt8](repeating: 0x78, count: 1024 * 1024))

    @Test(
        "a lingering connection counts as closing until its last byte has left",
        .timeLimit(.minutes(1)))
    func counts() throws {
        let server = try FarewellServer(Self.pieces, of: Self.piece)
        defer { server.stop() }
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = Glibc.close(client) }
        #expect(server.address.withSockAddr { connect(client, $0, $1) } == 0)
        while server.closingCount == 0 { sched_yield() }
        var received = 0
        var buffer = [UInt8](repeating: 0, count: 1024 * 1024)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += count
        }
        #expect(received == Self.pieces * Self.piece.count)
        // The end came behind the last byte, so nothing is unsent any more.
        #expect(server.closingCount == 0)
    }
}

/// Says much to whoever connects, and hangs up.
private final class FarewellServer: Sendable {
    let address: SocketAddress
    private let holder: Holder
    private let thread: LoopThread

    // Sendable: used on the loop only, once the thread runs.
    private final class Holder: @unchecked Sendable {
        let loop = EventLoop()
        var listener: Listener?
    }

    init(_ pieces: Int, of piece: Bytes) throws {
        let holder = Holder()
        let listener = try Listener(loop: holder.loop, address: .loopback(port: 0)) {
            [unowned holder] descriptor, peer in
            let transport = Transport(loop: holder.loop, descriptor: descriptor, peer: peer)
            for _ in 0..<pieces { transport.write(piece) }
            transport.closeLingering()
        }
        holder.listener = listener
        address = listener.address
        self.holder = holder
        thread = LoopThread(name: "farewell") { holder.loop.run() }
    }

    var closingCount: Int {
        let answer = Answer()
        holder.loop.inbox.post { [holder] in answer.set(holder.loop.closingCount) }
        return answer.wait()
    }

    func stop() {
        holder.loop.inbox.post { [holder] in
            holder.listener?.close()
            holder.loop.stop()
        }
        thread.join()
    }
}

/// One number on its way between threads.
private final class Answer: Sendable {
    private let count = Mutex(0)
    private let signal = ThreadSignal()

    func set(_ value: Int) {
        count.withLock { $0 = value }
        signal.raise()
    }

    func wait() -> Int {
        signal.wait()
        return count.withLock { $0 }
    }
}
