// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The application records of all live members, with their digest kept up to date.
struct RecordTable: Sendable {
    private var owners: [MemberID: [Entry]] = [:]
    private(set) var digest = Digest()

    /// One record with its key.
    struct Entry: Sendable {
        let key: String
        let record: ApplicationRecord
    }

    enum Outcome: Equatable {
        case stored
        /// We hold this edition or a newer one.
        case known
        /// The owner has too many records.
        case refused
    }

    /// The records of one member in order of key, withdrawn ones among them.
    func entries(of owner: MemberID) -> [Entry] { owners[owner] ?? [] }

    subscript(key: RecordKey) -> ApplicationRecord? {
        owners[key.owner]?.first { $0.key == key.key }?.record
    }

    mutating func merge(_ record: ApplicationRecord, for key: RecordKey) -> Outcome {
        var entries = owners[key.owner, default: []]
        let fingerprint = record.fingerprint(of: key)
        let entry = Entry(key: key.key, record: record)
        if let index = entries.firstIndex(where: { $0.key >= key.key }) {
            if entries[index].key == key.key {
                let held = entries[index].record
                guard held.sequence < record.sequence else { return .known }
                digest.toggle(held.fingerprint(of: key), of: key.owner.rawValue)
                entries[index] = entry
            } else {
                guard entries.count < ApplicationRecord.countLimit else { return .refused }
                entries.insert(entry, at: index)
            }
        } else {
            guard entries.count < ApplicationRecord.countLimit else { return .refused }
            entries.append(entry)
        }
        digest.toggle(fingerprint, of: key.owner.rawValue)
        owners[key.owner] = entries
        return .stored
    }

    /// Forgets the records of a member that died or left, and returns them.
    mutating func removeAll(of owner: MemberID) -> [Entry] {
        guard let entries = owners.removeValue(forKey: owner) else { return [] }
        for entry in entries {
            let key = RecordKey(owner: owner, key: entry.key)
            digest.toggle(entry.record.fingerprint(of: key), of: owner.rawValue)
        }
        return entries
    }
}
