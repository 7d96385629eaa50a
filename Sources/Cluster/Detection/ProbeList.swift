// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Peers in shuffled order, each probed once before any is probed again (SWIM 4.3).
struct ProbeList: Sendable {
    private var order: [MemberID] = []
    private var cursor = 0

    /// Puts a newcomer at a random place, so that its first probe comes at no special time.
    mutating func insert(_ id: MemberID, using generator: inout SeededGenerator) {
        let place = Int.random(in: 0...order.count, using: &generator)
        order.insert(id, at: place)
        if place < cursor { cursor += 1 }
    }

    /// The next peer that is live still; those that are not leave the list here.
    mutating func next(
        using generator: inout SeededGenerator, isLive: (MemberID) -> Bool
    ) -> MemberID? {
        while !order.isEmpty {
            if cursor >= order.count {
                order.shuffle(using: &generator)
                cursor = 0
            }
            let candidate = order[cursor]
            if isLive(candidate) {
                cursor += 1
                return candidate
            }
            order.remove(at: cursor)
        }
        return nil
    }
}
