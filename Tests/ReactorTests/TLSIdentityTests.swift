// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Reactor

@Suite struct TLSIdentityTests {
    private let authority = TLSTestAuthority.shared

    private func fault(_ body: () throws -> Void) -> TLSFault? {
        do { try body() } catch { return error as? TLSFault }
        return nil
    }

    @Test("names and validity can be read")
    func facts() throws {
        let identity = try authority.identity("other")
        #expect(identity.names == ["other.test", "*.wild.test"])
        #expect(identity.chain.count == 1)
        let now = SystemClock.wall().seconds
        #expect(identity.leaf.notBefore.seconds <= now)
        #expect(identity.notAfter.seconds > now + 86_400)
        #expect(identity.notAfter.seconds <= now + 2 * 86_400)
        let expired = try authority.identity("expired")
        #expect(expired.notAfter.seconds < now)
        let named = try authority.identity("other", names: ["Given.test"])
        #expect(named.names == ["given.test"])
    }

    @Test("a chain and its key may come from one text, and work")
    func texts() throws {
        var writer = ByteWriter()
        for name in ["site.pem", "root.pem", "site.key"] {
            writer.append(try authority.text(name))
        }
        let source = PEMSource.text(Secret(writer.finish()))
        let identity = try TLSIdentity(certificates: source, key: source)
        #expect(identity.chain.count == 2)
        let pair = TLSPair(try authority.client(), try TLSServerContext([identity])).shaken()
        #expect(pair.client.fault == nil)
        #expect(!"\(source)".contains("PRIVATE"))
    }

    @Test("a key of somebody else is refused")
    func mismatch() throws {
        #expect(
            fault {
                _ = try TLSIdentity(
                    certificates: .file(authority.path("site.pem")),
                    key: .file(authority.path("other.key")))
            } == .keyMismatch)
    }

    @Test(
        "an unreadable source says which and why",
        arguments: [
            ("missing.pem", "site.key", "missing.pem: No such file"),
            ("site.pem", "missing.key", "missing.key: No such file"),
            ("site.key", "site.key", "certificate from"),
            ("site.pem", "site.pem", "site.pem: none found"),
            ("site.pem", "locked.key", "locked.key: it is encrypted"),
        ])
    func unreadable(certificate: String, key: String, hint: String) throws {
        let reason = fault {
            _ = try TLSIdentity(
                certificates: .file(authority.path(certificate)), key: .file(authority.path(key)))
        }
        #expect(reason?.label.description == "unreadable")
        #expect(reason?.description.lowercased().contains(hint.lowercased()) == true)
    }

    @Test("a text without certificates and a damaged one are refused")
    func badTexts() throws {
        let key = PEMSource.file(authority.path("site.key"))
        var damaged = try authority.text("site.pem").string
        damaged.replace("MII", with: "AAA", maxReplacements: 1)
        for text in ["", "hello", damaged] {
            let source = PEMSource.text(Secret(Bytes(text)))
            let reason = fault { _ = try TLSIdentity(certificates: source, key: key) }
            #expect(reason?.label.description == "unreadable")
        }
    }

    @Test("authorities that cannot be read keep a client from being made")
    func badAuthorities() {
        let reason = fault {
            _ = try authority.client { $0.trust = .authorities(.file("/nonexistent/ca.pem")) }
        }
        #expect(reason?.description.contains("/nonexistent/ca.pem") == true)
    }

    @Test("labels are bounded: no reason leaks into them")
    func labels() {
        #expect(TLSFault.alert(48).label.description == TLSFault.alert(0).label.description)
        #expect(TLSFault.alert(48).description.contains("unknown authority"))
        #expect(TLSFault.violation("a").label.description == "violation")
    }
}
