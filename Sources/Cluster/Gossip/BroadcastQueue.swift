// SPDX-License-Identifier: Apache-2.0
internal import Core

/// News on their way round the cluster, packed by bytes into whatever datagram leaves next.
///
/// Membership goes before application records; within a class the least sent goes first, among
/// those the larger first that still fits. A newer item replaces the older one about its subject.
struct BroadcastQueue: Sendable {
    /// Membership and records, each as lists by number of sendings, each sorted by size.
    private var classes: [[[Item]]] = [[], []]
    private(set) var count = 0

    /// Items held; beyond it the most sent record goes first, membership last.
    static let limit = 4096

    /// What an item is about; a newer item about the same replaces the older.
    enum Subject: Sendable, Hashable {
        case member(MemberID)
        case record(MemberID, String)

        fileprivate var rank: Int {
            switch self {
            case .member: 0
            case .record: 1
            }
        }
    }

    private struct Item: Sendable {
        let subject: Subject
        let bytes: Bytes
    }

    var isEmpty: Bool { count == 0 }

    /// Queues an encoded message; `sent` above 0 shortens its life.
    mutating func enqueue(_ bytes: Bytes, about subject: Subject, sent: Int = 0) {
        remove(subject)
        if count >= Self.limit { dropOne() }
        insert(Item(subject: subject, bytes: bytes), sent: sent)
    }

    mutating func remove(_ subject: Subject) {
        guard count > 0 else { return }
        let rank = subject.rank
        for sent in classes[rank].indices {
            if let index = classes[rank][sent].firstIndex(where: { $0.subject == subject }) {
                classes[rank][sent].remove(at: index)
                count -= 1
                return
            }
        }
    }

    /// Appends items while `budget` bytes allow; an item sent `retransmits` times is done.
    mutating func fill(_ writer: inout ByteWriter, budget: Int, retransmits: Int) {
        guard count > 0 else { return }
        var rest = budget
        for rank in classes.indices {
            // From the most sent, so that what is sent now is not met again on the way.
            var taken: [(sent: Int, item: Item)] = []
            for sent in classes[rank].indices {
                take(from: rank, sent, into: &taken, rest: &rest)
            }
            for (sent, item) in taken {
                writer.append(item.bytes)
                if sent + 1 < retransmits { insert(item, sent: sent + 1) }
            }
        }
    }

    private mutating func take(
        from rank: Int, _ sent: Int, into taken: inout [(sent: Int, item: Item)], rest: inout Int
    ) {
        guard !classes[rank][sent].isEmpty, rest > 0 else { return }
        var index = 0
        while rest >= Self.smallest {
            index = firstFitting(rest, in: classes[rank][sent], from: index)
            guard index < classes[rank][sent].count else { return }
            let item = classes[rank][sent].remove(at: index)
            rest -= item.bytes.count
            taken.append((sent, item))
            count -= 1
        }
    }

    /// The place of the largest item of at most `room` bytes, in a list sorted by falling size.
    private func firstFitting(_ room: Int, in list: [Item], from start: Int) -> Int {
        var low = start
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].bytes.count > room { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func insert(_ item: Item, sent: Int) {
        let rank = item.subject.rank
        while classes[rank].count <= sent { classes[rank].append([]) }
        var low = 0
        var high = classes[rank][sent].count
        while low < high {
            let middle = (low + high) / 2
            if classes[rank][sent][middle].bytes.count >= item.bytes.count {
                low = middle + 1
            } else {
                high = middle
            }
        }
        classes[rank][sent].insert(item, at: low)
        count += 1
    }

    private mutating func dropOne() {
        for rank in [1, 0] {
            for sent in classes[rank].indices.reversed() where !classes[rank][sent].isEmpty {
                classes[rank][sent].removeFirst()
                count -= 1
                return
            }
        }
    }

    /// No message is shorter: type, uid, incarnation.
    private static let smallest = 10
}
