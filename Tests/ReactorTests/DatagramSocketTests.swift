// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor
import Testing

@Suite struct DatagramSocketTests {
    private let harness = LoopHarness()

    /// What a socket has heard, remembered on the loop.
    private final class Heard {
        var texts: [String] = []
        var peers: [SocketAddress] = []
        var sizes: [Int] = []
    }

    private func socket(_ heard: Heard, at address: SocketAddress) throws -> DatagramSocket {
        try harness.run { [harness] loop throws(ListenFault) in
            try DatagramSocket(loop: loop, address: address) { bytes, peer in
                heard.texts.append(String(decoding: bytes))
                heard.sizes.append(bytes.count)
                heard.peers.append(peer)
                harness.poke()
            }
        }
    }

    @Test("datagrams arrive whole, one by one, with the address of their sender")
    func exchange() throws {
        let heard = Heard()
        let receiver = try socket(heard, at: .loopback(port: 0))
        let sender = try socket(Heard(), at: .loopback(port: 0))
        harness.run { _ in
            for text in ["one", "two", "", "four"] {
                sender.send(Bytes(text), to: receiver.address)
            }
        }
        harness.wait { heard.texts.count == 4 }
        harness.run { _ in
            #expect(heard.texts == ["one", "two", "", "four"])
            #expect(heard.peers.allSatisfy { $0 == sender.address })
            receiver.close()
            sender.close()
            // Harmless after the end.
            sender.send("late", to: receiver.address)
        }
    }

    @Test("a large datagram and one to nobody do not end it; a flood is heard to its end")
    func flood() throws {
        let heard = Heard()
        let receiver = try socket(heard, at: .loopback(port: 0))
        let sender = try socket(Heard(), at: .loopback(port: 0))
        harness.run { _ in
            sender.send(Bytes("x"), to: .loopback(port: 9))
            sender.send(Bytes(String(repeating: "y", count: 60_000)), to: receiver.address)
            sender.send(Bytes(String(repeating: "z", count: 70_000)), to: receiver.address)
            for _ in 0..<150 { sender.send("f", to: receiver.address) }
        }
        harness.wait { heard.texts.count == 151 }
        harness.run { _ in
            #expect(heard.sizes[0] == 60_000)
            #expect(sender.sendFaults == 1)
            receiver.close()
            sender.close()
        }
    }

    @Test("a port that is taken is a fault")
    func taken() throws {
        let first = try socket(Heard(), at: .loopback(port: 0))
        #expect(throws: ListenFault.self) { _ = try socket(Heard(), at: first.address) }
        harness.run { _ in first.close() }
    }

    @Test("the sixteen bytes of an address give the same address")
    func words() throws {
        for text in ["127.0.0.1:7", "[::1]:8", "[2001:db8::7]:9"] {
            let address = try #require(SocketAddress(text))
            let (high, low) = address.words
            #expect(SocketAddress(high: high, low: low, port: address.port) == address)
            #expect(address.mapped.unmapped == address)
        }
    }
}
