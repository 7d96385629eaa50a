// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc
import Testing

@testable import Reactor

/// Two transports on one loop that speak TLS to each other over a socket pair.
@Suite struct TransportTLSTests {
    private let harness = LoopHarness()
    private let authority = TLSTestAuthority.shared

    /// Both ends with what they heard.
    private final class Ends {
        let client: Transport
        let server: Transport
        let clientHeard: Recorder
        let serverHeard: Recorder

        init(_ client: Transport, _ server: Transport, _ harness: LoopHarness) {
            self.client = client
            self.server = server
            clientHeard = Recorder(harness)
            serverHeard = Recorder(harness)
            client.delegate = clientHeard
            server.delegate = serverHeard
        }
    }

    private func connect(
        certificate: String = "site", to host: String = "site.test",
        then body: @escaping (Ends) -> Void = { _ in }
    ) throws -> Ends {
        var both: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &both) == 0)
        let descriptors = both
        let client = try authority.client()
        let server = try authority.server([certificate])
        return harness.run { [harness] loop in
            let peer = HostPort(host: host, port: 443)
            let ends = Ends(
                Transport(
                    loop: loop, descriptor: descriptors[0], peer: nil,
                    tls: TLSSession(connecting: client, to: peer)),
                Transport(
                    loop: loop, descriptor: descriptors[1], peer: nil,
                    tls: TLSSession(accepting: server)),
                harness)
            body(ends)
            return ends
        }
    }

    /// One end as a plain socket, for what a proper peer would not do.
    private func serve() throws -> (PeerSocket, Transport, Recorder) {
        let (peer, descriptor) = try PeerSocket.pair()
        let server = try authority.server()
        let (transport, recorder) = harness.run { [harness] loop in
            let transport = Transport(
                loop: loop, descriptor: descriptor, peer: nil, tls: TLSSession(accepting: server))
            let recorder = Recorder(harness)
            transport.delegate = recorder
            return (transport, recorder)
        }
        return (peer, transport, recorder)
    }

    private func text(_ recorder: Recorder) -> String {
        String(decoding: recorder.received, as: UTF8.self)
    }

    @Test("both ends become ready, once, and carry data both ways")
    func handshake() throws {
        let ends = try connect()
        harness.wait { ends.clientHeard.readies == 1 && ends.serverHeard.readies == 1 }
        harness.run { _ in ends.client.write("question") }
        harness.wait { text(ends.serverHeard) == "question" }
        harness.run { _ in ends.server.write("answer") }
        harness.wait { text(ends.clientHeard) == "answer" }
        #expect(ends.clientHeard.readies == 1 && ends.serverHeard.readies == 1)
        #expect(ends.clientHeard.faults.isEmpty && ends.serverHeard.faults.isEmpty)
    }

    @Test("what is written before the handshake is done arrives behind it, in order")
    func early() throws {
        let ends = try connect { ends in
            ends.client.write("one ")
            #expect(ends.client.queuedBytes > 4, "the early bytes do not count")
            ends.client.write("two ")
            ends.server.write("early, too")
            ends.clientHeard.onReady = { $0.write("three") }
        }
        harness.wait { text(ends.serverHeard).count == 13 && text(ends.clientHeard).count == 10 }
        #expect(text(ends.serverHeard) == "one two three")
        #expect(text(ends.clientHeard) == "early, too")
    }

    @Test("much goes through whole, with congestion and drain")
    func much() throws {
        let ends = try connect()
        harness.wait { ends.clientHeard.readies == 1 }
        let block = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
        harness.run { _ in
            ends.server.write(Bytes(block))
            #expect(ends.server.isCongested)
        }
        harness.wait { ends.clientHeard.received.count == block.count }
        #expect(ends.clientHeard.received == block)
        harness.wait(polling: true) { ends.server.queuedBytes == 0 }
        #expect(ends.serverHeard.drains == 1)
    }

    @Test("a paused transport hands over nothing, and everything when it goes on")
    func paused() throws {
        let ends = try connect()
        harness.wait { ends.clientHeard.readies == 1 && ends.serverHeard.readies == 1 }
        harness.run { _ in
            ends.server.pauseReading()
            ends.client.write("waiting")
        }
        harness.run { _ in }
        harness.run { _ in }
        #expect(ends.serverHeard.received.isEmpty)
        harness.run { _ in ends.server.resumeReading() }
        harness.wait { text(ends.serverHeard) == "waiting" }
    }

    @Test("an orderly close says so to the peer, behind the last bytes")
    func closeNotify() throws {
        let ends = try connect()
        harness.wait { ends.clientHeard.readies == 1 }
        harness.run { _ in
            ends.server.write("last")
            ends.server.closeAfterFlush()
        }
        harness.wait { ends.clientHeard.ends == 1 }
        harness.run { _ in }
        #expect(text(ends.clientHeard) == "last")
        #expect(ends.clientHeard.ends == 1 && ends.clientHeard.faults.isEmpty)
        #expect(harness.run { _ in ends.server.isClosed })
    }

    @Test("an end without close_notify is a fault: what came may be only a part")
    func truncated() throws {
        let ends = try connect()
        harness.wait { ends.clientHeard.readies == 1 && ends.serverHeard.readies == 1 }
        harness.run { _ in ends.server.write("a part") }
        harness.wait { text(ends.clientHeard) == "a part" }
        harness.run { _ in ends.server.close() }
        harness.wait { !ends.clientHeard.faults.isEmpty }
        #expect(ends.clientHeard.faults == [.tls(.truncated)])
        #expect("\(TransportFault.tls(.truncated).label)" == "tls_failure")
        #expect(ends.clientHeard.ends == 0)
        #expect(harness.run { _ in ends.client.isClosed })
    }

    @Test(
        "a certificate that proves nothing is a fault at both ends",
        arguments: [
            ("site", "wrong.test", TLSFault.hostMismatch, "host_mismatch"),
            ("expired", "site.test", .certificateExpired, "certificate_expired"),
            ("foreign", "site.test", .unknownAuthority, "unknown_authority"),
        ])
    func refused(certificate: String, host: String, fault: TLSFault, label: String) throws {
        let ends = try connect(certificate: certificate, to: host) { $0.client.write("secret") }
        harness.wait { !ends.clientHeard.faults.isEmpty && !ends.serverHeard.faults.isEmpty }
        #expect(ends.clientHeard.faults == [.tls(fault)])
        #expect("\(fault.label)" == label)
        #expect(ends.clientHeard.readies == 0)
        #expect(ends.serverHeard.received.isEmpty)
        guard case .tls(.alert) = ends.serverHeard.faults[0] else {
            Issue.record("the server heard \(ends.serverHeard.faults)")
            return
        }
    }

    @Test("plain HTTP at a TLS port is a fault of its own")
    func plainHTTP() throws {
        let (peer, transport, recorder) = try serve()
        peer.send("GET / HTTP/1.1\r\nhost: a.test\r\n\r\n")
        harness.wait { !recorder.faults.isEmpty }
        #expect(recorder.faults == [.tls(.plainHTTP)])
        #expect(harness.run { _ in transport.isClosed })
        #expect(peer.receiveToEnd().count < 100)
    }

    @Test("a peer that leaves in the middle of the handshake is a fault")
    func interrupted() throws {
        let (peer, _, recorder) = try serve()
        peer.send([22, 3, 1, 0, 200, 1])
        peer.close()
        harness.wait { !recorder.faults.isEmpty }
        #expect(recorder.faults == [.tls(.handshakeInterrupted)])
        #expect(recorder.readies == 0)
    }

    @Test("an idle encrypted transport holds no output block")
    func idleMemory() throws {
        let ends = try connect()
        harness.wait { ends.clientHeard.readies == 1 && ends.serverHeard.readies == 1 }
        harness.run { _ in ends.client.write("question") }
        harness.wait { text(ends.serverHeard) == "question" }
        harness.run { _ in }
        let capacities = harness.run { _ in
            [ends.client.output.capacity, ends.server.output.capacity]
        }
        #expect(capacities == [0, 0])
    }
}
