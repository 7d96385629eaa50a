// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Reactor

@Suite struct TLSTrustTests {
    private let authority = TLSTestAuthority.shared

    private func peer(_ host: String) -> HostPort { HostPort(host: host, port: 443) }

    @Test(
        "a certificate that does not prove the host is refused, and the server hears why",
        arguments: [
            ("site", "wrong.test", TLSFault.hostMismatch, UInt8(42)),
            ("site", "127.0.0.2", .hostMismatch, 42),
            ("other", "127.0.0.1", .hostMismatch, 42),
            ("other", "wild.test", .hostMismatch, 42),
            ("other", "a.b.wild.test", .hostMismatch, 42),
            ("expired", "site.test", .certificateExpired, 45),
            ("foreign", "site.test", .unknownAuthority, 48),
            ("alone", "site.test", .selfSigned, 48),
        ])
    func refusals(certificate: String, host: String, fault: TLSFault, alert: UInt8) throws {
        for version in [TLSVersion.v12, .v13] {
            let client = try authority.client { $0.newestVersion = version }
            let pair = TLSPair(client, try authority.server([certificate]), to: peer(host))
            pair.shaken()
            #expect(pair.client.fault == fault)
            #expect(pair.server.fault == .alert(alert))
            #expect(client.sessions.countForTest == 0)
        }
    }

    @Test(
        "a certificate that proves the host is believed",
        arguments: [
            ("site", "site.test"), ("site", "SITE.test."), ("site", "127.0.0.1"), ("site", "::1"),
            ("other", "x.wild.test"),
        ])
    func acceptance(certificate: String, host: String) throws {
        let pair = TLSPair(
            try authority.client(), try authority.server([certificate]), to: peer(host)
        ).shaken()
        #expect(pair.client.fault == nil)
        #expect(pair.client.session.phase == .open)
    }

    @Test("an address is never sent as a host name")
    func noNameForAddresses() throws {
        let pair = TLSPair(try authority.client(), try authority.server(), to: peer("127.0.0.1"))
        pair.shaken()
        #expect(pair.server.session.serverName == nil)
    }

    @Test("the system's trust does not cover our test root")
    func systemTrust() throws {
        let client = try authority.client { $0.trust = .system }
        let pair = TLSPair(client, try authority.server()).shaken()
        #expect(pair.client.fault == .unknownAuthority)
        let both = try authority.client {
            $0.trust = .systemAnd(.file(authority.path("root.pem")))
        }
        #expect(TLSPair(both, try authority.server()).shaken().client.fault == nil)
    }

    @Test("only who asks for it skips verification")
    func insecure() throws {
        let client = try authority.client { $0.trust = .insecureSkipVerify }
        #expect(!client.verifies)
        let pair = TLSPair(client, try authority.server(["alone"]), to: peer("any.test")).shaken()
        #expect(pair.client.session.phase == .open)
        let careful = TLSClientContext.Options()
        #expect(careful.trust == .system)
    }

    @Test(
        "the named host chooses the certificate",
        arguments: [
            ("site.test", true), ("other.test", true), ("x.wild.test", true),
            ("nobody.test", false), ("x.y.wild.test", false),
        ])
    func serverNames(host: String, known: Bool) throws {
        let server = try authority.server(["site", "other"])
        let pair = TLSPair(try authority.client(), server, to: peer(host)).shaken()
        // An unknown name gets the first certificate, which does not prove that name.
        #expect(pair.client.fault == (known ? nil : .hostMismatch))
    }

    @Test("names find their certificate: exact before wildcard, first claim wins")
    func nameTable() {
        let table = TLSServerNames([["a.test", "*.b.test"], ["a.test", "x.b.test", "*.c.test"]])
        #expect(table.index(of: "A.test.") == 0)
        #expect(table.index(of: "y.b.test") == 0)
        #expect(table.index(of: "x.b.test") == 1)
        #expect(table.index(of: "z.c.test") == 1)
        for host in ["", ".", ".c.test", "c.test", "z.y.c.test", "test"] {
            #expect(table.index(of: host) == nil)
        }
    }

    @Test("no common application protocol ends the handshake", arguments: [TLSVersion.v12, .v13])
    func protocols(version: TLSVersion) throws {
        let client = try authority.client {
            $0.protocols = ["h2"]
            $0.newestVersion = version
        }
        let pair = TLSPair(client, try authority.server()).shaken()
        #expect(pair.server.fault == .noSharedProtocol)
        #expect(pair.client.fault == .noSharedProtocol)
        let silent = try authority.client { $0.protocols = [] }
        let quiet = TLSPair(silent, try authority.server()).shaken()
        #expect(quiet.client.session.phase == .open)
        #expect(quiet.client.session.applicationProtocol == nil)
    }

    @Test("a server that wants to know its clients does", arguments: [TLSVersion.v12, .v13])
    func clientCertificates(version: TLSVersion) throws {
        let server = try authority.server(["site", "other"]) {
            $0.clientAuthorities = .file(authority.path("root.pem"))
            $0.newestVersion = version
        }
        let nameless = TLSPair(try authority.client(), server).shaken()
        #expect(nameless.server.fault == .certificateMissing)
        #expect(nameless.client.fault == .alert(version == .v12 ? 40 : 116))
        for (name, fault) in [("person", nil), ("foreign", TLSFault.unknownAuthority)] {
            let identity = try authority.identity(name)
            for host in ["site.test", "other.test"] {
                let client = try authority.client { $0.identity = identity }
                let pair = TLSPair(client, server, to: peer(host)).shaken()
                #expect(pair.server.fault == fault)
                #expect(pair.server.session.phase == (fault == nil ? .open : .failed))
            }
        }
    }
}
