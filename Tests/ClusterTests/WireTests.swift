// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Cluster

@Suite struct WireTests {
    static let messages: [WireMessage] = {
        let suspect = StandingUpdate(
            Fixture.id(7), Standing(.suspect, Incarnation(rawValue: 300)),
            accusation: Accusation(accuser: Fixture.id(9)), isUrgent: true)
        var tombstone = StandingUpdate(Fixture.id(7), Standing(.dead, .zero))
        tombstone.age = 1234
        let value = Bytes(Array(repeating: 5, count: ApplicationRecord.valueLimit))
        return [
            .ping(sequence: 1), .ack(sequence: .max, health: 7),
            .probeRequest(sequence: 2, target: Fixture.id(3), milliseconds: 100),
            .relayedAck(sequence: 3), .nack(sequence: 4), .standing(suspect),
            .standing(tombstone), .standing(StandingUpdate(Fixture.id(1), .replaced)),
            .member(suspect, Fixture.profile(7)),
            .record(
                RecordKey(owner: Fixture.id(1), key: "k"),
                ApplicationRecord(sequence: 9, value: value), isUrgent: true),
            .record(
                RecordKey(owner: Fixture.id(1), key: ""),
                ApplicationRecord(sequence: 1 << 60, value: nil), isUrgent: false),
        ]
    }()

    @Test("what is written is read back", arguments: messages.indices)
    func roundTrip(index: Int) throws {
        let bytes = Self.messages[index].encoded
        var reader = ByteReader(bytes.span)
        let read = try WireMessage(from: &reader)
        #expect(read == Self.messages[index])
        let remaining = reader.remaining
        #expect(remaining == 0)
    }

    @Test("every truncation is malformed", arguments: messages.indices)
    func truncation(index: Int) {
        let bytes = Self.messages[index].encoded
        for length in 0..<bytes.count {
            var reader = ByteReader(bytes.prefix(length).span)
            let read = try? WireMessage(from: &reader)
            #expect(read == nil)
        }
    }

    @Test("random bytes and mutated messages end in an answer, never a trap")
    func noise() {
        var generator = SeededGenerator(seed: 3)
        var machine = Fixture.machine(1)
        var cluster = HandCarriedCluster(2)
        cluster.run(until: 1500)
        machine = cluster.machines[0]
        for _ in 0..<20_000 {
            let base = Self.messages[Int(generator.next() % UInt64(Self.messages.count))].encoded
            var bytes = (0..<base.count).map { base[$0] }
            for _ in 0...Int(generator.next() % 3) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(
                    truncatingIfNeeded: generator.next())
            }
            let payload = Bytes(bytes)
            let sender = Fixture.id(2)
            _ = machine.onDatagram(
                payload, from: sender, at: Fixture.address(2), now: Fixture.at(1500))
            _ = machine.onStreamRequest(payload, from: sender, now: Fixture.at(1500))
            if machine.hasEnded { machine = cluster.machines[0] }
        }
        #expect(machine.queueDepth <= BroadcastQueue.limit)
    }

    @Test("varints are read in their shortest form only")
    func varints() {
        for value in [0, 1, 127, 128, 300, UInt64.max] {
            var writer = ByteWriter()
            writer.append(varint: value)
            let bytes = writer.finish()
            var reader = ByteReader(bytes.span)
            let read = reader.varint()
            #expect(read == value)
            let failed = reader.failed
            #expect(!failed)
        }
        let bad: [[UInt8]] = [[0x80, 0], Array(repeating: 0xFF, count: 10), [0x80]]
        for bytes in bad {
            let bytes = Bytes(bytes)
            var reader = ByteReader(bytes.span)
            _ = reader.varint()
            let failed = reader.failed
            #expect(failed)
        }
    }

    @Test("a profile with broken text or an empty name is refused")
    func badProfiles() {
        var profile = Fixture.profile(1)
        profile.name = ""
        let update = StandingUpdate(Fixture.id(1), Standing(.alive, .zero))
        let nameless = WireMessage.member(update, profile).encoded
        var reader = ByteReader(nameless.span)
        let first = try? WireMessage(from: &reader)
        #expect(first == nil)
        let good = WireMessage.member(update, Fixture.profile(1)).encoded
        var bytes = (0..<good.count).map { good[$0] }
        // '!': the name is in there.
        bytes[bytes.firstIndex(of: UInt8(ascii: "n"))!] = 0xFF
        let broken = Bytes(bytes)
        var second = ByteReader(broken.span)
        let other = try? WireMessage(from: &second)
        #expect(other == nil)
    }
}
