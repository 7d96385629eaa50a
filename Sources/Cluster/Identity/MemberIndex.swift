// SPDX-License-Identifier: Apache-2.0
internal import Core

/// From uids to places in an array: open addressing, a few nanoseconds a look-up.
///
/// A probe of a table by uid happens several times a message, and uids are random already, so one
/// multiplication replaces the hashing of a dictionary. Only authentic members can add uids.
struct MemberIndex: Sendable {
    private var keys: [UInt64] = Array(repeating: 0, count: 8)
    /// Place by the same position; -1 where nothing is held.
    private var places: [Int32] = Array(repeating: -1, count: 8)
    private(set) var count = 0

    subscript(id: MemberID) -> Int? {
        let position = position(of: id.rawValue)
        let place = places[position]
        return place >= 0 ? Int(place) : nil
    }

    /// Notes the place of a uid, or its new place.
    mutating func set(_ id: MemberID, to place: Int) {
        var position = position(of: id.rawValue)
        if places[position] < 0 {
            if (count + 1) * 2 > keys.count {
                grow()
                position = self.position(of: id.rawValue)
            }
            count += 1
        }
        keys[position] = id.rawValue
        places[position] = Int32(place)
    }

    mutating func remove(_ id: MemberID) {
        var hole = position(of: id.rawValue)
        guard places[hole] >= 0 else { return }
        count -= 1
        // Those behind close up, so that no search stops at the hole (Knuth 6.4, algorithm R).
        var next = (hole + 1) & mask
        while places[next] >= 0 {
            let home = home(of: keys[next])
            if (next &- home) & mask >= (next &- hole) & mask {
                keys[hole] = keys[next]
                places[hole] = places[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        places[hole] = -1
    }

    private var mask: Int { keys.count - 1 }

    private func home(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }

    /// Where the key is, or the free position where it belongs.
    private func position(of key: UInt64) -> Int {
        var position = home(of: key)
        while places[position] >= 0, keys[position] != key { position = (position + 1) & mask }
        return position
    }

    private mutating func grow() {
        let old = zip(keys, places)
        keys = Array(repeating: 0, count: keys.count * 2)
        places = Array(repeating: -1, count: keys.count)
        for (key, place) in old where place >= 0 {
            let position = position(of: key)
            keys[position] = key
            places[position] = place
        }
    }
}
