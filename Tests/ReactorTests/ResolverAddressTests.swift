// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Reactor

@Suite struct ResolverAddressTests {
    @Test(
        "a literal reads and writes as the same text",
        arguments: ["127.0.0.1:80", "0.0.0.0:0", "[::1]:65535", "[2001:db8::ff00:42:8329]:443"])
    func roundTrip(text: String) {
        #expect(SocketAddress(text)?.description == text)
    }

    @Test(
        "text that is no address is refused",
        arguments: [
            "", ":80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3:80", "01.2.3.4:80", "::1:80",
            "[::1]", "[::1]80", "[::1", "[1.2.3.4]:80", "localhost:80", "1.2.3.4:+80", "1.2.3.4:8 ",
            "[fe80::1%eth0]:1",
        ])
    func refused(text: String) {
        #expect(SocketAddress(text) == nil)
    }

    @Test(
        "the kernel's form keeps address, port and family", arguments: ["9.8.7.6:5", "[1:2::3]:4"])
    func kernelForm(text: String) throws {
        let address = try #require(SocketAddress(text))
        let copy = address.withSockAddr { pointer, _ in
            SocketAddress(pointer: UnsafeRawPointer(pointer))
        }
        #expect(copy == address)
        let length = address.withSockAddr { _, length in length }
        #expect(length == (address.family == .v4 ? 16 : 28))
        #expect(address.domain == (address.family == .v4 ? 2 : 10))
    }

    @Test("an IPv4 address in IPv6 clothes is found out")
    func mapped() {
        #expect(SocketAddress("[::ffff:10.0.0.1]:7")?.unmapped == SocketAddress("10.0.0.1:7"))
        #expect(SocketAddress("[::1]:7")?.unmapped == .loopbackV6(port: 7))
        #expect(SocketAddress.loopback(port: 1).isLoopback)
        #expect(!SocketAddress.loopback(port: 1).isUnspecified)
        #expect(SocketAddress("0.0.0.0:1")?.isUnspecified == true)
    }

    @Test("an address takes 24 bytes")
    func size() {
        #expect(MemoryLayout<SocketAddress>.stride == 24)
    }

    @Test("host and port are split at the last possible place")
    func hostPort() {
        #expect(HostPort("API.Example.com.:443")?.host == "api.example.com")
        #expect(HostPort("api.example.com")?.port == nil)
        #expect(HostPort("api.example.com", defaultPort: 8)?.port == 8)
        #expect(HostPort("[::1]", defaultPort: 8)?.description == "[::1]:8")
        #expect(HostPort("10.0.0.1:9")?.address == SocketAddress("10.0.0.1:9"))
        #expect(HostPort("name:9")?.address == nil)
        #expect(HostPort("user@name:9") == nil)
        #expect(HostPort("na me:9") == nil)
        #expect(HostPort("n:9:9") == nil)
    }
}
