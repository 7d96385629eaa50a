// SPDX-License-Identifier: Apache-2.0
public import Core

extension MembershipMachine {
    /// Spreads a value under a key of this node's own; nil withdraws it.
    public mutating func publish(
        _ value: Bytes?, for key: String, urgency: Urgency = .routine, now: Instant
    ) throws(PublishError) -> [MembershipAction] {
        guard key.utf8.count <= RecordKey.limit else { throw .keyTooLong }
        guard (value?.count ?? 0) <= ApplicationRecord.valueLimit else { throw .valueTooLong }
        guard begin(now), !isLeaving else { throw .notAMember }
        let record = ApplicationRecord(sequence: recordSequence + 1, value: value)
        let name = RecordKey(owner: id, key: key)
        guard records.merge(record, for: name) == .stored else { throw .tooManyRecords }
        recordSequence += 1
        let isUrgent = urgency == .urgent
        spread(
            .record(name, record, isUrgent: isUrgent), about: .record(id, key),
            push: isUrgent ? .originate : .none)
        return end(now)
    }

    /// The value under a key, nil when never published, withdrawn or gone with its owner.
    public func value(of key: RecordKey) -> Bytes? { records[key]?.value }

    /// All published values, in order of owner and key.
    public var values: [(key: RecordKey, value: Bytes)] {
        var result: [(key: RecordKey, value: Bytes)] = []
        for owner in table.members.map(\.id).sorted() {
            for entry in records.entries(of: owner) {
                guard let value = entry.record.value else { continue }
                result.append((RecordKey(owner: owner, key: entry.key), value))
            }
        }
        return result
    }

    mutating func merge(
        _ record: ApplicationRecord, for key: RecordKey, isUrgent: Bool, isGossip: Bool,
        now: Instant
    ) {
        // Single writer: nobody tells us about our own. The dead and the unknown have no records.
        guard key.owner != id, let slot = table.slot(of: key.owner), table.members[slot].isLive
        else { return }
        switch records.merge(record, for: key) {
        case .known: return
        case .refused: refusals.records += 1
        case .stored:
            output.append(.recordChanged(key, record.value))
            guard phase != .joining else { return }
            spread(
                .record(key, record, isUrgent: isUrgent), about: .record(key.owner, key.key),
                push: isUrgent && isGossip ? .forward : .none)
        }
    }

    /// Others dropped our records with our supposed death.
    mutating func republishAll() {
        for entry in records.entries(of: id) {
            let key = RecordKey(owner: id, key: entry.key)
            spread(
                .record(key, entry.record, isUrgent: false), about: .record(id, entry.key),
                push: .none)
        }
    }
}
