// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Reactor

@Suite struct TLSResumptionTests {
    private let authority = TLSTestAuthority.shared

    @Test("the next connection to a peer resumes", arguments: [TLSVersion.v12, .v13])
    func resumes(version: TLSVersion) throws {
        let client = try authority.client { $0.newestVersion = version }
        let server = try authority.server()
        for round in 0..<4 {
            let pair = TLSPair(client, server).shaken()
            #expect(pair.client.session.isResumed == (round > 0))
            #expect(pair.server.session.isResumed == (round > 0))
            pair.client.send("question")
            pair.pump()
            #expect(pair.server.takeHeard() == "question")
            // Odd rounds just drop the connection, which must not spoil the session.
            if round % 2 == 0 { pair.client.close() }
        }
    }

    @Test("connections opened at the same time resume from one session")
    func together() throws {
        let (client, server) = (try authority.client(), try authority.server())
        TLSPair(client, server).shaken()
        let pairs = (0..<5).map { _ in TLSPair(client, server) }
        for pair in pairs { pair.client.start() }
        for pair in pairs { pair.pump() }
        #expect(pairs.allSatisfy { $0.client.session.isResumed })
    }

    @Test("a certificate chosen by name does not hinder resumption")
    func withServerNames() throws {
        let (client, server) = (try authority.client(), try authority.server(["site", "other"]))
        let peer = HostPort(host: "other.test", port: 443)
        TLSPair(client, server, to: peer).shaken()
        let pair = TLSPair(client, server, to: peer).shaken()
        #expect(pair.client.session.isResumed)
        #expect(pair.client.fault == nil)
    }

    @Test("sessions are kept per host and port, and not shared between contexts")
    func perPeer() throws {
        let (client, server) = (try authority.client(), try authority.server())
        TLSPair(client, server).shaken()
        let elsewhere = HostPort(host: "site.test", port: 444)
        #expect(!TLSPair(client, server, to: elsewhere).shaken().client.session.isResumed)
        #expect(!TLSPair(try authority.client(), server).shaken().client.session.isResumed)
        #expect(client.sessions.countForTest == 2)
    }

    @Test("a new server context knows no old tickets, and the handshake is complete instead")
    func reload() throws {
        let client = try authority.client()
        TLSPair(client, try authority.server()).shaken()
        let pair = TLSPair(client, try authority.server()).shaken()
        #expect(!pair.client.session.isResumed)
        #expect(pair.client.session.phase == .open)
    }

    @Test("the table of sessions is bounded, and zero keeps none", arguments: [0, 1, 3])
    func bounded(capacity: Int) throws {
        let client = try authority.client { $0.sessionCapacity = capacity }
        let server = try authority.server()
        for port in UInt16(1)...5 {
            TLSPair(client, server, to: HostPort(host: "site.test", port: port)).shaken()
        }
        #expect(client.sessions.countForTest == capacity)
        let latest = TLSPair(client, server, to: HostPort(host: "site.test", port: 5)).shaken()
        #expect(latest.client.session.isResumed == (capacity > 0))
        let oldest = TLSPair(client, server, to: HostPort(host: "site.test", port: 1)).shaken()
        #expect(!oldest.client.session.isResumed)
    }
}
