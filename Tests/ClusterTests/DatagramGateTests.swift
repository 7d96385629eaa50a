// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Cluster

/// A sealer for tests: a sum over everything stands for the tag.
struct SumSealer: DatagramSealer {
    func makeKey(rootKey: Secret, info: Span<UInt8>) -> any SealingKey {
        let secret = rootKey.reveal()
        return SumKey(SumKey.sum(secret.span, SumKey.sum(info, 1)))
    }
}

final class SumKey: SealingKey {
    let key: UInt64
    init(_ key: UInt64) { self.key = key }

    static func sum(_ bytes: Span<UInt8>, _ start: UInt64) -> UInt64 {
        var sum = start
        for index in bytes.indices { sum = Digest.mix(sum, UInt64(bytes[index])) }
        return sum
    }

    func tag(_ message: Span<UInt8>, _ nonce: UInt64, _ associated: Span<UInt8>) -> UInt64 {
        Self.sum(message, Self.sum(associated, key ^ nonce))
    }

    func seal(
        _ message: Span<UInt8>, nonce: UInt64, associated: Span<UInt8>,
        into writer: inout ByteWriter
    ) {
        writer.append(message)
        writer.append(bigEndian: UInt64(0))
        writer.append(bigEndian: tag(message, nonce, associated))
    }

    func open(
        _ sealed: Span<UInt8>, nonce: UInt64, associated: Span<UInt8>,
        into writer: inout ByteWriter
    ) -> Bool {
        guard sealed.count >= 16 else { return false }
        let message = sealed.extracting(0..<(sealed.count - 16))
        var reader = ByteReader(sealed.extracting((sealed.count - 16)..<sealed.count))
        guard reader.uint64() == 0, reader.uint64() == tag(message, nonce, associated) else {
            return false
        }
        writer.append(message)
        return true
    }
}

@Suite struct DatagramGateTests {
    static let boot = BootTime(rawValue: 5)

    private func gate(_ number: Int, label: String = "a", key: String = "k") -> DatagramGate {
        DatagramGate(
            id: Fixture.id(number), boot: Self.boot, label: label,
            ring: KeyRing(primary: KeyID(rawValue: 1), rootKey: Secret(Bytes(key))),
            sealer: SumSealer())
    }

    private func open(_ gate: inout DatagramGate, _ datagram: Bytes) throws(DropReason) -> Bytes {
        let envelope = try gate.inspect(datagram)
        return try gate.open(datagram, envelope, boot: Self.boot)
    }

    private func seal(_ gate: inout DatagramGate, _ text: String) throws -> Bytes {
        let sealed = gate.seal(Bytes(text), to: Fixture.id(2))
        return try #require(sealed)
    }

    @Test("a datagram opens once at its receiver and nowhere else")
    func once() throws {
        var sender = gate(1)
        var receiver = gate(2)
        var other = gate(3)
        let datagram = try seal(&sender, "hello")
        #expect(datagram.count == 5 + Envelope.datagramOverhead)
        #expect(throws: DropReason.notAuthentic) { try open(&other, datagram) }
        #expect(try open(&receiver, datagram) == "hello")
        #expect(throws: DropReason.replayed) { try open(&receiver, datagram) }
        #expect(receiver.dropCount(.replayed) == 1)
    }

    @Test("every flipped bit is noticed")
    func bitFlips() throws {
        var sender = gate(1)
        var receiver = gate(2)
        let datagram = try seal(&sender, "some words")
        for index in 0..<datagram.count {
            for bit in 0..<8 {
                var bytes = (0..<datagram.count).map { datagram[$0] }
                bytes[index] ^= 1 << UInt8(bit)
                #expect(throws: DropReason.self) { try open(&receiver, Bytes(bytes)) }
            }
        }
        #expect(try open(&receiver, datagram) == "some words")
    }

    @Test("foreign clusters, keys, versions, sizes and senders are told apart")
    func reasons() throws {
        var receiver = gate(2)
        var foreign = gate(1, label: "b")
        let alien = try seal(&foreign, "x")
        #expect(throws: DropReason.foreignCluster) { try open(&receiver, alien) }
        var wrongKey = gate(1, key: "other")
        let sealed = try seal(&wrongKey, "x")
        #expect(throws: DropReason.notAuthentic) { try open(&receiver, sealed) }
        var origin = gate(1)
        let good = try seal(&origin, "x")
        var bytes = (0..<good.count).map { good[$0] }
        bytes[0] = 9
        #expect(throws: DropReason.version) { try open(&receiver, Bytes(bytes)) }
        #expect(throws: DropReason.truncated) { try open(&receiver, good.prefix(30)) }
        let long = Bytes(Array(repeating: UInt8(1), count: 1401))
        #expect(throws: DropReason.oversized) { try open(&receiver, long) }
        let envelope = try receiver.inspect(good)
        #expect(throws: DropReason.unknownSender) {
            try receiver.open(good, envelope, boot: nil)
        }
        var sender = gate(1)
        let tooLong = sender.seal(Bytes(Array(repeating: 0, count: 1366)), to: Fixture.id(2))
        let longest = sender.seal(Bytes(Array(repeating: 0, count: 1365)), to: Fixture.id(2))
        #expect(tooLong == nil)
        #expect(longest?.count == 1400)
    }

    @Test("a frame is bound to the challenge of its stream")
    func frames() throws {
        var sender = gate(1)
        var receiver = gate(2)
        let frame = sender.sealFrame("view", challenge: 77)
        let opened = try receiver.openFrame(frame, challenge: 77)
        #expect(opened.sender == Fixture.id(1))
        #expect(opened.payload == "view")
        #expect(throws: DropReason.notAuthentic) {
            try receiver.openFrame(frame, challenge: 78)
        }
    }

    @Test("the new key opens before it seals, and a removed one no longer opens")
    func rotation() throws {
        var sender = gate(1)
        var receiver = gate(2)
        let new = KeyID(rawValue: 2)
        #expect(throws: KeyRing.Fault.unknownKey) {
            try sender.updateRing { (ring: inout KeyRing) throws(KeyRing.Fault) in try ring.use(new)
            }
        }
        try receiver.updateRing { (ring: inout KeyRing) throws(KeyRing.Fault) in
            try ring.install(new, Secret("n"))
        }
        try sender.updateRing { (ring: inout KeyRing) throws(KeyRing.Fault) in
            try ring.install(new, Secret("n"))
            try ring.use(new)
        }
        let first = try seal(&sender, "a")
        #expect(try open(&receiver, first) == "a")
        let second = try seal(&sender, "b")
        try receiver.updateRing { (ring: inout KeyRing) throws(KeyRing.Fault) in
            #expect(throws: KeyRing.Fault.primaryKey) { try ring.remove(KeyID(rawValue: 1)) }
            try ring.remove(new)
        }
        #expect(throws: DropReason.unknownKey) { try open(&receiver, second) }
    }

    @Test("the window accepts each of the last 1024 counters once, in any order")
    func window() {
        var window = ReplayWindow()
        var generator = SeededGenerator(seed: 5)
        var seen: Set<UInt64> = []
        var top: UInt64 = 0
        for _ in 0..<20_000 {
            let jump = generator.next() % 50 == 0 ? generator.next() % 3000 : 0
            let counter =
                max(1, top + jump + generator.next() % 40) - min(top, generator.next() % 30)
            let isOld = counter == 0 || counter + ReplayWindow.width <= top
            let expected = !isOld && !seen.contains(counter)
            #expect(window.accepts(counter) == expected)
            if expected {
                window.note(counter)
                seen.insert(counter)
                top = max(top, counter)
            }
        }
        #expect(!window.accepts(0))
    }

    @Test("a hello is exactly its bytes, and says which version both speak")
    func hello() throws {
        let hello = StreamHello(primary: KeyID(rawValue: 3), challenge: 99)
        let bytes = hello.encoded
        #expect(StreamHello(bytes.span) == hello)
        #expect(hello.commonVersion == 1)
        let short = bytes.prefix(14)
        #expect(StreamHello(short.span) == nil)
        var other = hello
        other.protocols = 2...3
        #expect(other.commonVersion == nil)
    }
}
