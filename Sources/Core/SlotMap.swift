// SPDX-License-Identifier: Apache-2.0

/// Names one value in a `SlotMap`: a 32-bit index and the generation that tells reuse apart.
///
/// No live value ever has the handle with `bits` zero, so zero can stand for "none" in C payloads.
public struct SlotHandle: Sendable, Hashable {
    public let index: UInt32
    public let generation: UInt32

    @inlinable public init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    /// The handle in one word, for epoll payloads and the like.
    @inlinable public var bits: UInt64 { UInt64(generation) << 32 | UInt64(index) }

    @inlinable public init(bits: UInt64) {
        index = UInt32(truncatingIfNeeded: bits)
        generation = UInt32(truncatingIfNeeded: bits >> 32)
    }
}

/// Values under handles that stay valid until removal and never name a successor.
///
/// Insertion, removal and look-up take constant time; slots are reused last out, first in, so that
/// memory stays warm and indexes small. An odd generation means occupied, an even one free; a slot
/// whose generations are used up is retired, never recycled.
public struct SlotMap<Value> {
    @usableFromInline struct Slot {
        @usableFromInline var generation: UInt32
        /// The next free slot while this one is free.
        @usableFromInline var nextFree: UInt32
        @usableFromInline var value: Value?

        @usableFromInline init(generation: UInt32, nextFree: UInt32, value: Value?) {
            self.generation = generation
            self.nextFree = nextFree
            self.value = value
        }
    }

    @usableFromInline static var none: UInt32 { .max }

    @usableFromInline var slots: [Slot] = []
    @usableFromInline var firstFree: UInt32 = .max
    @usableFromInline var held = 0
    /// How many values may be held at most.
    public let capacity: Int

    /// An empty map that holds at most `capacity` values, with room for `reserving` at once.
    public init(capacity: Int = Int(UInt32.max) - 1, reserving: Int = 0) {
        precondition(capacity >= 0 && capacity < Int(UInt32.max))
        self.capacity = capacity
        slots.reserveCapacity(min(reserving, capacity))
    }

    /// How many values are held.
    @inlinable public var count: Int { held }
    @inlinable public var isEmpty: Bool { held == 0 }
    @inlinable public var isFull: Bool { held >= capacity }

    /// Stores a value; nil when the map is full.
    @inlinable public mutating func insert(_ value: Value) -> SlotHandle? {
        guard held < capacity else { return nil }
        if firstFree == Self.none { addSlot() }
        let index = firstFree
        let position = Int(index)
        let generation = slots[position].generation &+ 1
        firstFree = slots[position].nextFree
        slots[position].generation = generation
        slots[position].value = value
        held += 1
        return SlotHandle(index: index, generation: generation)
    }

    /// Takes the value out; nil when the handle's value has gone already.
    @discardableResult
    @inlinable public mutating func remove(_ handle: SlotHandle) -> Value? {
        guard contains(handle) else { return nil }
        let position = Int(handle.index)
        let value = slots[position].value.take()
        slots[position].generation = handle.generation &+ 1
        if handle.generation != .max {
            slots[position].nextFree = firstFree
            firstFree = handle.index
        }
        held -= 1
        return value
    }

    @inlinable public func contains(_ handle: SlotHandle) -> Bool {
        // The odd check refuses a forged handle that carries a free slot's generation.
        Int(handle.index) < slots.count && handle.generation & 1 == 1
            && slots[Int(handle.index)].generation == handle.generation
    }

    /// The value of a handle; nil when it has gone.
    @inlinable public subscript(handle: SlotHandle) -> Value? {
        contains(handle) ? slots[Int(handle.index)].value : nil
    }

    /// Changes a value in place; false when it has gone.
    @discardableResult
    @inlinable public mutating func update<E: Error>(
        _ handle: SlotHandle, _ body: (inout Value) throws(E) -> Void
    ) throws(E) -> Bool {
        guard contains(handle) else { return false }
        // '!': an odd generation means occupied.
        try body(&slots[Int(handle.index)].value!)
        return true
    }

    /// Visits every value in the order of slots; the map must not change meanwhile.
    @inlinable public func forEach<E: Error>(
        _ body: (SlotHandle, Value) throws(E) -> Void
    ) throws(E) {
        for index in slots.indices {
            guard let value = slots[index].value else { continue }
            let handle = SlotHandle(
                index: UInt32(truncatingIfNeeded: index), generation: slots[index].generation)
            try body(handle, value)
        }
    }

    @usableFromInline @inline(never) mutating func addSlot() {
        firstFree = UInt32(slots.count)
        slots.append(Slot(generation: 0, nextFree: Self.none, value: nil))
    }
}

extension SlotMap: Sendable where Value: Sendable {}
extension SlotMap.Slot: Sendable where Value: Sendable {}
