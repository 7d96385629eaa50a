// SPDX-License-Identifier: Apache-2.0

/// Words that the code itself says, told apart by where they are; a number stands for a target.
struct LabelKey: Equatable {
    private let first: UInt
    private let second: UInt
    private let third: UInt

    init(_ first: StaticString, _ second: StaticString, _ third: StaticString) {
        self.first = Self.identity(first)
        self.second = Self.identity(second)
        self.third = Self.identity(third)
    }

    init(_ target: TargetID, _ word: StaticString) {
        first = UInt(bitPattern: target.index)
        second = Self.identity(word)
        third = 0
    }

    var hash: Int {
        let mixed = (first &* 31 &+ second) &* 31 &+ third
        return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 40)
    }

    /// Two literals with the same text may have two places: that costs a second entry, no more.
    private static func identity(_ word: StaticString) -> UInt {
        word.hasPointerRepresentation
            ? UInt(bitPattern: word.utf8Start) : UInt(word.unicodeScalar.value)
    }
}

/// Finds the series of a few words in some nanoseconds: open addressing, linear probing.
struct LabelCache<Value> {
    private var slots: [(key: LabelKey, value: Value)?]
    private var count = 0

    init() { slots = Array(repeating: nil, count: 64) }

    func find(_ key: LabelKey) -> Value? {
        var place = key.hash & (slots.count - 1)
        while let slot = slots[place] {
            if slot.key == key { return slot.value }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    mutating func insert(_ key: LabelKey, _ value: Value) {
        if (count + 1) * 2 > slots.count { grow() }
        count += 1
        place(key, value)
    }

    private mutating func place(_ key: LabelKey, _ value: Value) {
        var place = key.hash & (slots.count - 1)
        while slots[place] != nil { place = (place + 1) & (slots.count - 1) }
        slots[place] = (key, value)
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: nil, count: old.count * 2)
        for slot in old {
            if let slot { place(slot.key, slot.value) }
        }
    }
}
