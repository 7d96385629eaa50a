// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc
import Testing

@testable import Reactor

/// A plain transport against a blocking socket: bytes in, bytes out, pauses and watermarks.
@Suite struct TransportTests {
    private let harness = LoopHarness()

    private func make(
        _ descriptor: Int32, notices: Bool = false
    ) -> (transport: Transport, recorder: Recorder) {
        harness.run { [harness] loop in
            let transport = Transport(loop: loop, descriptor: descriptor, peer: nil)
            let recorder = Recorder(harness)
            transport.noticesCloseWhilePaused = notices
            transport.delegate = recorder
            return (transport, recorder)
        }
    }

    private func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    // MARK: - Reading

    @Test("what the peer sends comes in, piece by piece")
    func reads() throws {
        let (peer, descriptor) = try PeerSocket.pair()
        let (transport, recorder) = make(descriptor)
        for text in ["one", "two", "three"] {
            let before = recorder.received.count
            peer.send(text)
            harness.wait { recorder.received.count == before + text.utf8.count }
        }
        #expect(recorder.received == Array("onetwothree".utf8))
        #expect(recorder.pieces == [3, 3, 5])
        harness.run { _ in transport.close() }
    }

    @Test("much at once is drained in several turns, and others have theirs in between")
    func drains() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (other, otherDescriptor) = try PeerSocket.pair()
        // Sent before anybody looks, so that one edge tells of all of it.
        var sent: [UInt8] = []
        let block = pattern(64 * 1024)
        while sent.count < 1_500_000 {
            let count = peer.sendWithoutWaiting(block)
            if count == 0 { break }
            sent += block.prefix(count)
        }
        other.send("x")
        let perTurn = EventLoop.readCapacity * Transport.readsPerTurn
        try #require(sent.count > perTurn, "the kernel holds only \(sent.count) bytes")
        let (recorder, second) = harness.run { [harness] loop in
            let one = Transport(loop: loop, descriptor: descriptor, peer: nil)
            let two = Transport(loop: loop, descriptor: otherDescriptor, peer: nil)
            let recorders = (Recorder(harness), Recorder(harness))
            one.delegate = recorders.0
            two.delegate = recorders.1
            // Where the first one stood when the second had its turn.
            recorders.1.onReceive = { _ in recorders.1.ends = recorders.0.received.count }
            return recorders
        }
        harness.wait { recorder.received.count == sent.count }
        #expect(recorder.received == sent)
        #expect(second.received.count == 1)
        #expect(second.ends <= perTurn)
    }

    @Test("a paused transport reads nothing, and all of it after as many resumes")
    func pauses() throws {
        let (peer, descriptor) = try PeerSocket.pair()
        let (transport, recorder) = make(descriptor)
        harness.run { _ in
            transport.pauseReading()
            transport.pauseReading()
        }
        peer.send("waiting")
        harness.run { _ in }
        harness.run { _ in transport.resumeReading() }
        harness.run { _ in }
        #expect(recorder.received.isEmpty)
        harness.run { _ in transport.resumeReading() }
        harness.wait { recorder.received.count == 7 }
    }

    @Test("one resume too many traps")
    func resumedTooOften() async {
        await #expect(processExitsWith: .failure) {
            let (_, descriptor) = try PeerSocket.pair()
            let transport = Transport(loop: EventLoop(), descriptor: descriptor, peer: nil)
            transport.pauseReading()
            transport.resumeReading()
            transport.resumeReading()
        }
    }

    @Test("a pause in the middle of a turn leaves the rest with the kernel")
    func pauseWhileReading() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let block = pattern(64 * 1024)
        var sent = 0
        while sent < 400_000, case let count = peer.sendWithoutWaiting(block), count > 0 {
            sent += count
        }
        let total = sent
        try #require(total > EventLoop.readCapacity)
        let (transport, recorder) = harness.run { [harness] loop in
            let transport = Transport(loop: loop, descriptor: descriptor, peer: nil)
            let recorder = Recorder(harness)
            transport.delegate = recorder
            recorder.onReceive = { $0.pauseReading() }
            return (transport, recorder)
        }
        harness.wait { !recorder.pieces.isEmpty }
        harness.run { _ in }
        #expect(recorder.pieces.count == 1)
        harness.run { _ in
            recorder.onReceive = nil
            transport.resumeReading()
        }
        harness.wait { recorder.received.count == total }
    }

    @Test("the end is told once, after the last byte")
    func end() throws {
        let (peer, descriptor) = try PeerSocket.pair()
        let (transport, recorder) = make(descriptor)
        peer.send("last")
        peer.shutdownWrite()
        harness.wait { recorder.ends > 0 }
        #expect(recorder.received == Array("last".utf8))
        // The other direction still works.
        harness.run { _ in transport.write("reply") }
        #expect(peer.receive(exactly: 5) == Array("reply".utf8))
        peer.close()
        harness.wait(polling: true) { recorder.faults.count + recorder.ends > 0 }
        #expect(recorder.ends == 1)
        harness.run { _ in transport.close() }
    }

    @Test("an end that came with data of a whole read is not lost")
    func endAfterWholeRead() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let sent = peer.sendWithoutWaiting(pattern(EventLoop.readCapacity))
        peer.shutdownWrite()
        let (_, recorder) = make(descriptor)
        harness.wait { recorder.ends == 1 }
        #expect(recorder.received.count == sent)
    }

    @Test("a paused transport tells of its peer's close only where that is wanted")
    func closeWhilePaused() throws {
        let (peer, descriptor) = try PeerSocket.pair()
        let (deafPeer, deafDescriptor) = try PeerSocket.pair()
        let (transport, recorder) = make(descriptor, notices: true)
        let (deaf, deafRecorder) = make(deafDescriptor)
        harness.run { _ in
            transport.pauseReading()
            deaf.pauseReading()
        }
        deafPeer.send("rest")
        deafPeer.close()
        peer.send("rest")
        peer.close()
        harness.wait { recorder.ends == 1 }
        harness.run { _ in }
        #expect(recorder.received.isEmpty)
        #expect(deafRecorder.ends == 0 && deafRecorder.received.isEmpty)
        harness.run { _ in deaf.resumeReading() }
        harness.wait { deafRecorder.ends == 1 }
        #expect(deafRecorder.received.count == 4)
    }

    @Test("a reset is a fault, told once, and the transport is closed")
    func reset() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, recorder) = make(descriptor)
        peer.reset()
        harness.wait { !recorder.faults.isEmpty }
        #expect(recorder.faults == [.system(ECONNRESET)])
        #expect(harness.run { _ in transport.isClosed && transport.delegate == nil })
        #expect("\(recorder.faults[0].label)" == "connection_lost")
        harness.run { _ in transport.write("to nobody") }
        #expect(harness.run { _ in transport.queuedBytes } == 0)
    }

    // MARK: - Writing

    @Test("what is written in one turn leaves together and in order")
    func writes() throws {
        let (peer, descriptor) = try PeerSocket.pair()
        let (transport, _) = make(descriptor)
        harness.run { _ in
            transport.write { $0.append("a") }
            transport.write("b")
            transport.write(Bytes())
            transport.write { $0.append("c") }
        }
        #expect(peer.receive() == Array("abc".utf8))
        #expect(harness.run { _ in transport.queuedBytes } == 0)
        #expect(harness.run { _ in transport.output.capacity } == 0, "an idle block is kept")
    }

    @Test("small and large pieces arrive in the order written", arguments: [true, false])
    func segments(overTCP: Bool) throws {
        let (peer, descriptor) = try overTCP ? PeerSocket.tcpPair() : PeerSocket.pair()
        let (transport, _) = make(descriptor)
        var random = SeededGenerator(seed: 11)
        var expected: [UInt8] = []
        let sizes =
            (0..<40).map { _ in Int(random.next() % 40_000) + 1 } + [1_000_000, 3, 8192, 8191]
        let pieces = sizes.map { size in
            let piece = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            expected += piece
            return Bytes(piece)
        }
        harness.run { _ in
            for (index, piece) in pieces.enumerated() {
                if index % 3 == 0 {
                    transport.write { $0.append(piece) }
                } else {
                    transport.write(piece)
                }
            }
            #expect(transport.queuedBytes == expected.count)
        }
        #expect(peer.receive(exactly: expected.count) == expected)
        harness.wait(polling: true) { transport.queuedBytes == 0 }
    }

    @Test("above the high watermark it is congested, and below the low one it says so, once")
    func watermarks() throws {
        let (peer, descriptor) = try PeerSocket.pair()
        let (transport, recorder) = make(descriptor)
        let block = Bytes(pattern(64 * 1024))
        var total = harness.run { _ in
            var total = 0
            while total <= Transport.highWatermark {
                #expect(!transport.isCongested)
                transport.write(block)
                total += block.count
            }
            #expect(transport.isCongested)
            return total
        }
        // The kernel takes some; fill up until it does not.
        while !harness.run({ _ in transport.isCongested }) {
            harness.run { _ in transport.write(block) }
            total += block.count
        }
        let drainsBefore = harness.run { _ in recorder.drains }
        #expect(peer.receive(exactly: total).count == total)
        harness.wait(polling: true) { transport.queuedBytes == 0 }
        #expect(harness.run { _ in recorder.drains } == drainsBefore + 1)
        // Little output never was congestion.
        harness.run { _ in transport.write("small") }
        #expect(peer.receive(exactly: 5).count == 5)
        #expect(harness.run { _ in recorder.drains } == drainsBefore + 1)
    }

    @Test("a delegate may write and close when it hears of the drain")
    func writeOnDrain() throws {
        let (peer, descriptor) = try PeerSocket.pair()
        let (transport, _) = make(descriptor)
        let writer = Refiller(transport, rounds: 5)
        harness.run { _ in
            transport.delegate = writer
            writer.refill()
        }
        let all = peer.receiveToEnd()
        #expect(all.count == 5 * Refiller.amount)
        #expect(peer.end == .orderly)
    }

    /// Writes anew whenever it may, and closes at the end.
    private final class Refiller: TransportDelegate {
        static let amount = 300_000
        private let transport: Transport
        private var rounds: Int

        init(_ transport: Transport, rounds: Int) {
            self.transport = transport
            self.rounds = rounds
        }

        func refill() {
            guard rounds > 0 else { return transport.closeAfterFlush() }
            rounds -= 1
            transport.write(Bytes([UInt8](repeating: 7, count: Self.amount)))
        }

        func transportDidDrain(_ transport: Transport) { refill() }

        func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {}
        func transportDidReachEnd(_ transport: Transport) {}
        func transport(_ transport: Transport, didFail fault: TransportFault) {}
        func transportDidBecomeReady(_ transport: Transport) {}
    }

    @Test("a peer that vanishes while much waits for it is a fault, and nothing waits any more")
    func lostWhileBlocked() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, recorder) = make(descriptor)
        let block = Bytes(pattern(1_000_000))
        while harness.run({ _ in transport.queuedBytes }) == 0 {
            harness.run { _ in transport.write(block) }
        }
        let drainsBefore = harness.run { _ in recorder.drains }
        peer.reset()
        harness.wait { !recorder.faults.isEmpty }
        #expect(harness.run { _ in transport.queuedBytes } == 0)
        #expect(recorder.drains == drainsBefore)
    }
}
