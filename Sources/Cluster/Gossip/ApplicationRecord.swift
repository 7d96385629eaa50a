// SPDX-License-Identifier: Apache-2.0
public import Core

/// A value that its owner spreads to every member: provider evidence, epochs, configuration hashes.
///
/// Of two editions the greater sequence wins; a record ends with the life of its owner.
public struct ApplicationRecord: Sendable, Hashable {
    /// Counts all of its owner's publications, so editions never tie.
    public let sequence: UInt64
    /// Nil when withdrawn.
    public let value: Bytes?

    /// Bytes a value may have, so that two fit into a datagram.
    public static let valueLimit = 512
    /// Records one member may have.
    public static let countLimit = 64

    public static func == (left: ApplicationRecord, right: ApplicationRecord) -> Bool {
        left.sequence == right.sequence && left.value == right.value
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(sequence) }

    func fingerprint(of key: RecordKey) -> UInt64 {
        var mixed = Digest.mix(key.owner.rawValue, sequence)
        for byte in key.key.utf8 { mixed = Digest.mix(mixed, UInt64(byte)) }
        return mixed
    }
}

/// How fast a record must spread.
public enum Urgency: Sendable, Hashable {
    /// With the gossip that leaves anyway, within about a second.
    case routine
    /// Pushed at once to all, or through random peers: breakers, epochs.
    case urgent
}

/// Why a record was refused before it left the node.
public enum PublishError: Error, Equatable {
    case keyTooLong
    case valueTooLong
    case tooManyRecords
    case notAMember
}
