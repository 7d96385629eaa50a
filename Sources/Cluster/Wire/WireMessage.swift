// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What members say to each other; a datagram is a row of messages, a frame ends with one.
enum WireMessage: Sendable, Equatable {
    /// "Are you there?"
    case ping(sequence: UInt32)
    /// "I am", with the sender's local health.
    case ack(sequence: UInt32, health: UInt8)
    /// "Please ping that one for me, and tell me within so many milliseconds."
    case probeRequest(sequence: UInt32, target: MemberID, milliseconds: UInt16)
    /// "It answered me."
    case relayedAck(sequence: UInt32)
    /// "It does not answer me either."
    case nack(sequence: UInt32)
    case standing(StandingUpdate)
    case member(StandingUpdate, MemberProfile)
    case record(RecordKey, ApplicationRecord, isUrgent: Bool)

    private enum Kind: UInt8 {
        case ping = 1
        case ack, probeRequest, relayedAck, nack, standing, member, record
    }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .ping(let sequence):
            Self.write(.ping, sequence, to: &writer)
        case .ack(let sequence, let health):
            Self.write(.ack, sequence, to: &writer)
            writer.append(health)
        case .probeRequest(let sequence, let target, let milliseconds):
            Self.write(.probeRequest, sequence, to: &writer)
            writer.append(bigEndian: target.rawValue)
            writer.append(bigEndian: milliseconds)
        case .relayedAck(let sequence):
            Self.write(.relayedAck, sequence, to: &writer)
        case .nack(let sequence):
            Self.write(.nack, sequence, to: &writer)
        case .standing(let update):
            writer.append(Kind.standing.rawValue)
            update.write(to: &writer)
        case .member(let update, let profile):
            writer.append(Kind.member.rawValue)
            update.write(to: &writer)
            profile.write(to: &writer)
        case .record(let key, let record, let isUrgent):
            Self.write(record, key, isUrgent, to: &writer)
        }
    }

    /// The message as bytes of their own.
    var encoded: Bytes {
        var writer = ByteWriter(capacity: 96)
        write(to: &writer)
        return writer.finish()
    }

    /// Reads the next message.
    init(from reader: inout ByteReader) throws(WireFault) {
        let type = reader.byte()
        guard let kind = Kind(rawValue: type) else {
            throw reader.failed ? .malformed : .unknownType(type)
        }
        self = Self.read(kind, from: &reader)
        if reader.failed { throw .malformed }
    }

    private static func read(_ kind: Kind, from reader: inout ByteReader) -> WireMessage {
        switch kind {
        case .ping: return .ping(sequence: reader.uint32())
        case .ack: return .ack(sequence: reader.uint32(), health: reader.byte())
        case .probeRequest:
            return .probeRequest(
                sequence: reader.uint32(), target: MemberID(rawValue: reader.uint64()),
                milliseconds: reader.uint16())
        case .relayedAck: return .relayedAck(sequence: reader.uint32())
        case .nack: return .nack(sequence: reader.uint32())
        case .standing: return .standing(StandingUpdate(from: &reader))
        case .member:
            return .member(StandingUpdate(from: &reader), MemberProfile(from: &reader))
        case .record: return readRecord(from: &reader)
        }
    }

    private static func write(_ kind: Kind, _ sequence: UInt32, to writer: inout ByteWriter) {
        writer.append(kind.rawValue)
        writer.append(bigEndian: sequence)
    }

    // Record: flags (1 urgent, 2 withdrawn), owner, sequence, key and value with their lengths.
    private static func write(
        _ record: ApplicationRecord, _ key: RecordKey, _ isUrgent: Bool,
        to writer: inout ByteWriter
    ) {
        writer.append(Kind.record.rawValue)
        writer.append((isUrgent ? 1 : 0) | (record.value == nil ? 2 : 0))
        writer.append(bigEndian: key.owner.rawValue)
        writer.append(varint: record.sequence)
        writer.append(UInt8(key.key.utf8.count))
        writer.append(key.key)
        if let value = record.value {
            writer.append(varint: UInt64(value.count))
            writer.append(value)
        }
    }

    private static func readRecord(from reader: inout ByteReader) -> WireMessage {
        let flags = reader.byte()
        if flags > 3 { reader.fail() }
        let owner = MemberID(rawValue: reader.uint64())
        let sequence = reader.varint()
        let keyLength = Int(reader.byte())
        if keyLength > RecordKey.limit { reader.fail() }
        let key = RecordKey(owner: owner, key: reader.text(keyLength))
        var value: Bytes?
        if flags & 2 == 0 {
            let count = reader.varint()
            if count > UInt64(ApplicationRecord.valueLimit) { reader.fail() }
            value = reader.failed ? Bytes() : reader.copy(Int(count))
        }
        let record = ApplicationRecord(sequence: sequence, value: value)
        return .record(key, record, isUrgent: flags & 1 != 0)
    }
}
