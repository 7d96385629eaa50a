// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Reactor

@Suite struct TLSSessionTests {
    private let authority = TLSTestAuthority.shared

    @Test("two ends agree and talk", arguments: [TLSVersion.v12, .v13])
    func talk(version: TLSVersion) throws {
        let pair = TLSPair(
            try authority.client { $0.newestVersion = version }, try authority.server())
        #expect(pair.client.session.phase == .handshaking)
        pair.shaken()
        #expect(pair.client.session.phase == .open)
        #expect(pair.server.session.phase == .open)
        #expect(pair.client.session.version == (version == .v12 ? "TLSv1.2" : "TLSv1.3"))
        #expect(pair.server.session.serverName == "site.test")
        #expect(pair.server.session.applicationProtocol == "http/1.1")
        #expect(pair.client.session.applicationProtocol == "http/1.1")
        pair.client.send("question")
        pair.server.send("answer")
        pair.pump()
        #expect(pair.server.takeHeard() == "question")
        #expect(pair.client.takeHeard() == "answer")
        #expect(pair.client.fault == nil && pair.server.fault == nil)
    }

    @Test("the wire may cut anywhere", arguments: [1, 2, 3, 5, 64, 517, 1024])
    func cuts(piece: Int) throws {
        let pair = TLSPair(try authority.client(), try authority.server())
        pair.client.start()
        pair.pump { piece }
        pair.client.send("question")
        pair.client.close()
        pair.pump { piece }
        #expect(pair.server.takeHeard() == "question")
        #expect(pair.server.session.phase == .peerClosed)
        #expect(pair.server.fault == nil)
    }

    @Test("an end at any byte of the handshake is told from a fault")
    func interruptions() throws {
        let (client, server) = (try authority.client(), try authority.server())
        var cut = 0
        while true {
            let pair = TLSPair(client, server)
            pair.client.start()
            pair.server.receive(pair.client.takeOutgoing())
            let flight = pair.server.takeOutgoing()
            guard cut < flight.count else { break }
            pair.client.receive(flight.prefix(cut))
            #expect(pair.client.fault == nil)
            pair.client.endOfInput()
            guard pair.client.session.phase == .handshaking else { break }
            #expect(pair.client.fault == .handshakeInterrupted)
            cut += 1
        }
        #expect(cut > 500)
    }

    @Test("megabytes arrive whole whatever the pieces", arguments: [TLSVersion.v12, .v13])
    func bigTransfers(version: TLSVersion) throws {
        let pair = TLSPair(
            try authority.client { $0.newestVersion = version }, try authority.server()
        ).shaken()
        var random = SeededGenerator(seed: 11)
        let block = Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        var sent = 0
        while sent < 3_000_000 {
            let part = block.prefix(Int(random.next() % 100_000))
            pair.client.send(part)
            pair.server.send(part)
            sent += part.count
            pair.pump { Int(random.next() % 20_000) + 1 }
            guard pair.client.takeHeard() == part, pair.server.takeHeard() == part else {
                Issue.record("a part of \(part.count) bytes changed on its way")
                return
            }
        }
        #expect(pair.client.fault == nil && pair.server.fault == nil)
    }

    @Test("what is sent needs no memory beside the writer it goes into")
    func recordOverhead() throws {
        let pair = TLSPair(try authority.client(), try authority.server()).shaken()
        for count in [1, 100, 16_384, 16_385, 100_000] {
            pair.client.send(Bytes([UInt8](repeating: 7, count: count)))
            let records = (count + TLSSession.recordLimit - 1) / TLSSession.recordLimit
            let wire = pair.client.takeOutgoing().count
            #expect(wire > count && wire <= count + records * TLSSession.recordOverhead)
        }
    }

    @Test("a close is an orderly end, and the other side may still speak")
    func closing() throws {
        let pair = TLSPair(try authority.client(), try authority.server()).shaken()
        pair.client.send("last words")
        pair.client.close()
        pair.client.close()
        pair.pump()
        #expect(pair.server.takeHeard() == "last words")
        #expect(pair.server.session.phase == .peerClosed)
        pair.server.endOfInput()
        #expect(pair.server.fault == nil)
        pair.server.send("answer")
        pair.server.close()
        pair.pump()
        #expect(pair.client.takeHeard() == "answer")
        #expect(pair.client.session.phase == .peerClosed)
        pair.client.endOfInput()
        #expect(pair.client.fault == nil)
        pair.client.receive("bytes behind the end are nobody's")
        #expect(pair.client.takeHeard().isEmpty)
    }

    @Test("an end without close is a truncation, even within a record")
    func truncation() throws {
        for cut in [0, 1, 10] {
            let pair = TLSPair(try authority.client(), try authority.server()).shaken()
            pair.server.send("half an ")
            pair.pump()
            pair.server.send("answer")
            pair.client.receive(pair.server.takeOutgoing().prefix(cut))
            #expect(pair.client.takeHeard() == "half an ")
            pair.client.endOfInput()
            #expect(pair.client.fault == .truncated)
        }
    }

    @Test("a changed byte breaks the connection, and the sender hears of it")
    func forgery() throws {
        let pair = TLSPair(try authority.client(), try authority.server()).shaken()
        pair.client.send("good")
        pair.pump()
        pair.client.send("evil")
        let record = pair.client.takeOutgoing()
        var bytes = (0..<record.count).map { record[$0] }
        bytes[bytes.count - 1] ^= 1
        pair.server.receive(Bytes(bytes))
        #expect(pair.server.fault == .brokenRecord)
        #expect(pair.server.session.phase == .failed)
        #expect(pair.server.takeHeard() == "good")
        pair.pump()
        #expect(pair.client.fault == .alert(20))
        pair.server.receive("more")
        #expect(pair.server.fault == .brokenRecord)
    }

    @Test("plain HTTP to a TLS port is recognised")
    func plainHTTP() throws {
        let server = TLSPair.End(TLSSession(accepting: try authority.server()))
        server.receive("GET / HTTP/1.1\r\nhost: site.test\r\n\r\n")
        #expect(server.fault == .plainHTTP)
    }

    @Test("an answer in plain text is not TLS")
    func plainAnswer() throws {
        let client = TLSPair.End(
            TLSSession(
                connecting: try authority.client(), to: HostPort(host: "site.test", port: 443)))
        client.start()
        client.receive("HTTP/1.1 400 Bad Request\r\n\r\n")
        #expect(client.fault == .notTLS)
    }

    @Test("garbage ends in a fault and never in a trap", arguments: 0..<200)
    func garbage(seed: UInt64) throws {
        let pair = TLSPair(try authority.client(), try authority.server())
        var random = SeededGenerator(seed: seed)
        if seed % 2 == 0 {
            let noise = Bytes((0..<300).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            pair.server.receive(noise)
        } else {
            pair.client.start()
            let hello = pair.client.takeOutgoing()
            var bytes = (0..<hello.count).map { hello[$0] }
            let position = Int(random.next() % UInt64(bytes.count))
            bytes[position] ^= UInt8(truncatingIfNeeded: random.next() | 1)
            pair.server.receive(Bytes(bytes))
            pair.pump()
        }
        #expect(pair.server.session.phase != .open || pair.client.fault == nil)
        pair.server.endOfInput()
        #expect(pair.server.fault != nil)
    }

    @Test("a failed session leaves nothing behind that another could trip over")
    func errorQueue() throws {
        let healthy = TLSPair(try authority.client(), try authority.server()).shaken()
        let noises = [
            "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{4}xxxx", "zzzzzzzzzzzzzz",
        ]
        for noise in noises {
            let server = TLSPair.End(TLSSession(accepting: try authority.server()))
            server.receive(Bytes(noise))
            #expect(server.fault != nil)
            let nowhere = PEMSource.file("/nonexistent/file.pem")
            #expect(throws: TLSFault.self) { try TLSIdentity(certificates: nowhere, key: nowhere) }
            healthy.client.send("x")
            healthy.pump { 1 }
        }
        #expect(healthy.server.takeHeard() == "xxx")
        #expect(healthy.server.fault == nil)
    }
}
