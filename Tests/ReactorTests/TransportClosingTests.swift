// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc
import Testing

@testable import Reactor

/// The ways in which a transport ends, as its peer sees them.
@Suite struct TransportClosingTests {
    private let harness = LoopHarness()

    private func make(_ descriptor: Int32) -> (transport: Transport, recorder: Recorder) {
        harness.run { [harness] loop in
            let transport = Transport(loop: loop, descriptor: descriptor, peer: nil)
            let recorder = Recorder(harness)
            transport.delegate = recorder
            return (transport, recorder)
        }
    }

    /// Writes until the kernel takes no more; returns how much was written.
    private func clog(_ transport: Transport) -> Int {
        let block = Bytes([UInt8](repeating: 1, count: 1_000_000))
        var total = 0
        repeat {
            harness.run { _ in transport.write(block) }
            total += block.count
        } while harness.run { _ in transport.queuedBytes } == 0
        return total
    }

    @Test("a close is an end for the peer, and tells nobody here")
    func close() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, recorder) = make(descriptor)
        harness.run { _ in
            transport.close()
            transport.close()
            #expect(transport.isClosed)
        }
        #expect(peer.receiveToEnd() == [])
        #expect(peer.end == .orderly)
        #expect(recorder.ends == 0 && recorder.faults.isEmpty)
        #expect(harness.run { $0.closingCount } == 0)
    }

    @Test("closeAfterFlush sends everything first, and counts as closing meanwhile")
    func closeAfterFlush() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, _) = make(descriptor)
        let total = clog(transport)
        harness.run { loop in
            transport.write("end")
            transport.closeAfterFlush()
            transport.write("too late")
            #expect(loop.closingCount == 1)
            #expect(!transport.isClosed)
        }
        let all = peer.receiveToEnd()
        #expect(all.count == total + 3)
        #expect(all.suffix(3).elementsEqual("end".utf8))
        #expect(peer.end == .orderly)
        harness.wait(polling: true) { transport.isClosed }
        #expect(harness.run { $0.closingCount } == 0)
    }

    @Test("closeAfterFlush with nothing to send closes at once")
    func closeAfterNothing() throws {
        let (peer, descriptor) = try PeerSocket.pair()
        let (transport, _) = make(descriptor)
        harness.run { loop in
            transport.closeAfterFlush()
            #expect(transport.isClosed && loop.closingCount == 0)
        }
        #expect(peer.receiveToEnd() == [])
    }

    @Test("closeLingering brings the whole last answer to a peer that never stopped sending")
    func lingering() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, recorder) = make(descriptor)
        let answer = [UInt8](repeating: 9, count: 50_000)
        harness.run { _ in
            recorder.onReceive = { transport in
                guard transport.delegate != nil else { return }
                transport.write(Bytes(answer))
                transport.closeLingering()
            }
        }
        let upload = [UInt8](repeating: 2, count: 200_000)
        peer.send(upload)
        peer.send(upload)
        #expect(peer.receive(exactly: answer.count) == answer)
        #expect(peer.receive() == nil)
        #expect(peer.end == .orderly)
        // All is sent: lingering does not hold up an end.
        #expect(harness.run { $0.closingCount } == 0)
        peer.send(upload)
        peer.close()
        harness.wait(polling: true) { transport.isClosed }
        #expect(harness.run { $0.closingCount } == 0)
        #expect(recorder.received.count <= EventLoop.readCapacity)
    }

    @Test("a lingering transport reads and drops even what it was paused for")
    func lingeringWhilePaused() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, recorder) = make(descriptor)
        harness.run { _ in transport.pauseReading() }
        peer.send([UInt8](repeating: 2, count: 100_000))
        harness.run { _ in }
        harness.run { _ in
            transport.write("answer")
            transport.closeLingering()
        }
        #expect(peer.receiveToEnd() == Array("answer".utf8))
        #expect(peer.end == .orderly)
        peer.close()
        harness.wait(polling: true) { transport.isClosed }
        #expect(recorder.received.isEmpty)
    }

    @Test("a peer that sends without end is not listened to without end")
    func lingerLimit() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, _) = make(descriptor)
        harness.run { _ in
            transport.write("answer")
            transport.closeLingering()
        }
        let block = [UInt8](repeating: 2, count: 100_000)
        var sent = 0
        while sent < 100_000_000, peer.send(block) { sent += block.count }
        #expect(sent < 100_000_000)
        harness.wait(polling: true) { transport.isClosed }
    }

    @Test("a closing transport with output left keeps on while its peer takes some of it")
    func slowReader() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, _) = make(descriptor)
        let total = clog(transport)
        harness.run { _ in transport.closeLingering() }
        // The timer of the closing fires again and again, each time after some was taken.
        var got = 0
        while let left = harness.run({ _ in transport.isClosed ? nil : transport.queuedBytes }) {
            guard left > 0 else { break }
            while harness.run({ _ in transport.queuedBytes == left }), let more = peer.receive() {
                got += more.count
            }
            harness.run { _ in if transport.queuedBytes > 0 { transport.onTimer(0) } }
        }
        got += peer.receiveToEnd().count
        #expect(got == total)
    }

    @Test("a closing transport whose peer takes nothing is closed by its timer")
    func stuckReader() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, _) = make(descriptor)
        _ = clog(transport)
        harness.run { loop in
            transport.closeLingering()
            #expect(!transport.isClosed && loop.closingCount == 1)
            transport.onTimer(0)
            #expect(transport.isClosed && loop.closingCount == 0)
        }
        _ = peer
    }

    @Test("an abort is a reset for the peer")
    func abort() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, recorder) = make(descriptor)
        harness.run { _ in
            transport.abort()
            transport.abort()
        }
        #expect(peer.receiveToEnd() == [])
        #expect(peer.end == .reset)
        #expect(recorder.faults.isEmpty)
    }

    @Test("flushAndAbort sends what it can before the reset")
    func flushAndAbort() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let (transport, _) = make(descriptor)
        harness.run { _ in
            transport.write("part")
            transport.flushAndAbort()
            #expect(transport.isClosed)
        }
        #expect(peer.receiveToEnd() == Array("part".utf8))
        #expect(peer.end == .reset)
    }

    @Test("a delegate may close its transport in the middle of a piece")
    func closeWhileReading() throws {
        let (peer, descriptor) = try PeerSocket.tcpPair()
        let block = [UInt8](repeating: 2, count: 64 * 1024)
        for _ in 0..<4 { _ = peer.sendWithoutWaiting(block) }
        let (transport, recorder) = harness.run { [harness] loop in
            let transport = Transport(loop: loop, descriptor: descriptor, peer: nil)
            let recorder = Recorder(harness)
            recorder.onReceive = { $0.close() }
            transport.delegate = recorder
            return (transport, recorder)
        }
        harness.wait { !recorder.pieces.isEmpty }
        harness.run { _ in }
        #expect(recorder.pieces.count == 1)
        #expect(harness.run { _ in transport.isClosed })
    }

    @Test("closed transports leave neither descriptors nor timers")
    func noLeaks() throws {
        func openDescriptors() -> Int {
            (0..<1024).filter { fcntl($0, F_GETFD) >= 0 }.count
        }
        let (peer, descriptor) = try PeerSocket.pair()
        let (transport, _) = make(descriptor)
        harness.run { loop in
            transport.write("x")
            transport.closeLingering()
            #expect(loop.timerCountForTest == 1)
        }
        #expect(peer.receiveToEnd().count == 1)
        peer.close()
        harness.wait(polling: true) { transport.isClosed }
        #expect(harness.run { $0.timerCountForTest } == 0)
        #expect(harness.run { _ in transport.descriptor } == -1)
    }
}
