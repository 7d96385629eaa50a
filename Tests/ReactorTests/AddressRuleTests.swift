// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Reactor

/// Which addresses a name from outside may lead to.
@Suite struct AddressRuleTests {
    @Test(
        "hosts of the public Internet are permitted",
        arguments: [
            "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
            "2606:4700::1111", "2a00:1450:4001::1", "2001:200::1", "2400::1",
        ])
    func permitted(text: String) throws {
        let address = try #require(SocketAddress(literal: text, port: 80))
        #expect(AddressRule().permits(address))
    }

    @Test(
        "everything local, shared, reserved, mapped or translated is not",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
            "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
            "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
            "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
            "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
            "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
            "2001:10::1", "2001:20::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
            "3fff:fff::1", "4000::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
        ])
    func refused(text: String) throws {
        let address = try #require(SocketAddress(literal: text, port: 80))
        #expect(!AddressRule().permits(address))
    }

    @Test("a configured network is permitted, and nothing beside it")
    func networks() throws {
        let rule = AddressRule(networks: [
            try #require(AddressNetwork("127.0.0.0/8")),
            try #require(AddressNetwork("10.1.0.0/16")),
            try #require(AddressNetwork("fd00:1::/32")), try #require(AddressNetwork("::1")),
        ])
        let permitted = [
            "127.9.9.9", "::ffff:127.0.0.1", "10.1.2.3", "fd00:1:2::3", "::1", "8.8.8.8",
        ]
        for text in permitted {
            #expect(rule.permits(try #require(SocketAddress(literal: text, port: 1))), "\(text)")
        }
        for text in ["10.2.0.1", "fd00:2::1", "::2", "192.168.0.1"] {
            #expect(!rule.permits(try #require(SocketAddress(literal: text, port: 1))), "\(text)")
        }
    }

    @Test(
        "what is no network is none",
        arguments: [
            "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "::1/129", "example.com", "10.0.0.0/+8",
            "fd00::1/8", "10.0.0/8", "10.0.0.0/8/8",
        ])
    func malformed(text: String) { #expect(AddressNetwork(text) == nil) }
}
