// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc
import Reactor
import Synchronization
import Testing

@Suite struct ListenerTests {
    private let harness = LoopHarness()

    /// What came of a connect, remembered on the loop.
    private final class Outcome {
        var results: [Result<Int32, TransportFault>] = []
        var isInitDone = false
        var cameEarly = false
        var attempt: ConnectAttempt?
    }

    private func connect(to address: SocketAddress, cancelling: Bool = false) -> Outcome {
        harness.run { [harness] loop in
            let outcome = Outcome()
            let attempt = ConnectAttempt(loop: loop, address: address) { result in
                outcome.cameEarly = !outcome.isInitDone
                outcome.results.append(result)
                harness.poke()
            }
            outcome.isInitDone = true
            outcome.attempt = attempt
            if cancelling { attempt.cancel() }
            return outcome
        }
    }

    private func listen(_ accepted: Accepted) throws -> Listener {
        try harness.run { [harness] loop throws(ListenFault) in
            try Listener(loop: loop, address: .loopback(port: 0)) { descriptor, peer in
                accepted.all.append((descriptor, peer))
                accepted.onAccept?()
                harness.poke()
            }
        }
    }

    private final class Accepted {
        var all: [(descriptor: Int32, peer: SocketAddress?)] = []
        var onAccept: (() -> Void)?

        func closeAll() {
            for entry in all { _ = close(entry.descriptor) }
        }
    }

    // MARK: - Connecting

    @Test("a connect succeeds once, with a socket that works, and not before init returns")
    func connected() throws {
        let accepted = Accepted()
        let listener = try listen(accepted)
        #expect(listener.address.port != 0)
        let outcome = connect(to: listener.address)
        harness.wait { outcome.results.count == 1 && accepted.all.count == 1 }
        let descriptor = try outcome.results[0].get()
        #expect(!outcome.cameEarly)
        #expect(accepted.all[0].peer?.isLoopback == true)
        let peer = PeerSocket(accepted.all[0].descriptor)
        #expect(send(descriptor, "hi", 2, 0) == 2)
        #expect(peer.receive(exactly: 2) == Array("hi".utf8))
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
        _ = close(descriptor)
        harness.run { _ in
            outcome.attempt?.cancel()
            listener.close()
        }
        #expect(outcome.results.count == 1)
    }

    @Test("a refused connect says so, once, and not before init returns")
    func refused() throws {
        let free = try Listener.probe(.loopback(port: 0))
        let outcome = connect(to: free)
        harness.wait { !outcome.results.isEmpty }
        #expect(!outcome.cameEarly)
        #expect(throws: TransportFault.system(ECONNREFUSED)) { try outcome.results[0].get() }
    }

    @Test("a cancelled connect says nothing")
    func cancelled() throws {
        let accepted = Accepted()
        let listener = try listen(accepted)
        let outcome = connect(to: listener.address, cancelling: true)
        let refused = connect(to: try Listener.probe(.loopback(port: 0)), cancelling: true)
        let second = connect(to: listener.address)
        harness.wait { second.results.count == 1 }
        #expect(outcome.results.isEmpty && refused.results.isEmpty)
        harness.run { _ in
            _ = close((try? second.results[0].get()) ?? -1)
            accepted.closeAll()
            listener.close()
        }
    }

    @Test("an address of a network that is not there fails, not before init returns")
    func unreachable() throws {
        // A family that this socket cannot reach: an IPv6 documentation address.
        let nowhere = try #require(SocketAddress("[2001:db8::1]:9"))
        let outcome = connect(to: nowhere)
        harness.run { _ in if outcome.results.isEmpty { outcome.attempt?.cancel() } }
        #expect(!outcome.cameEarly)
    }

    // MARK: - Listening

    @Test("a port in use is found out, also by who would share it, and the message helps")
    func probe() throws {
        let accepted = Accepted()
        let listener = try listen(accepted)
        do {
            _ = try Listener.probe(listener.address)
            Issue.record("the port in use was free")
        } catch {
            #expect(error.code == EADDRINUSE && error.address == listener.address)
            #expect(error.description.contains("\(listener.address) is in use"))
        }
        harness.run { _ in listener.close() }
        #expect(try Listener.probe(listener.address) == listener.address)
        #expect(try Listener.probe(.loopback(port: 0)).port != 0)
    }

    @Test("an address of another machine cannot be listened on")
    func foreignAddress() throws {
        let foreign = try #require(SocketAddress("192.0.2.1:0"))
        do {
            _ = try Listener.probe(foreign)
            Issue.record("bound to \(foreign)")
        } catch {
            #expect(error.code == EADDRNOTAVAIL)
            #expect(error.description.contains("no address of this machine"))
        }
    }

    @Test("two loops share a port, and each accepts")
    func shared() throws {
        let other = LoopHarness()
        let counts = Mutex<[Int]>([0, 0])
        func open(_ loop: LoopHarness, _ index: Int, _ address: SocketAddress) throws -> Listener {
            try loop.run { eventLoop throws(ListenFault) in
                try Listener(loop: eventLoop, address: address) { [harness] descriptor, _ in
                    _ = close(descriptor)
                    counts.withLock { $0[index] += 1 }
                    harness.inbox.post { harness.poke() }
                }
            }
        }
        let first = try open(harness, 0, .loopback(port: 0))
        let second = try open(other, 1, first.address)
        #expect(second.address == first.address)
        for _ in 0..<64 { _ = try PeerSocket(to: first.address).receive() }
        harness.wait { counts.withLock { $0.reduce(0, +) } == 64 }
        #expect(counts.withLock { $0.allSatisfy { $0 > 0 } })
        harness.run { _ in first.close() }
        other.run { _ in second.close() }
    }

    @Test("a listener that is closed from its own callback stops at once")
    func closeWhileAccepting() throws {
        let accepted = Accepted()
        let listener = try listen(accepted)
        let peers = try harness.run { _ in
            accepted.onAccept = { listener.close() }
            // Nobody accepts while the loop is busy here.
            return try (0..<3).map { _ in try PeerSocket(to: listener.address) }
        }
        harness.wait { !accepted.all.isEmpty }
        harness.run { _ in }
        #expect(accepted.all.count == 1)
        accepted.closeAll()
        _ = peers
    }

    @Test("a flood is accepted in several turns, and whole")
    func flood() throws {
        let accepted = Accepted()
        let listener = try listen(accepted)
        var peers: [PeerSocket] = []
        // Nobody accepts while the loop is busy here.
        try harness.run { _ in
            for _ in 0..<150 { peers.append(try PeerSocket(to: listener.address)) }
        }
        harness.wait { accepted.all.count == 150 }
        harness.run { _ in
            accepted.closeAll()
            listener.close()
        }
        #expect(listener.refusals == 0)
    }
}
