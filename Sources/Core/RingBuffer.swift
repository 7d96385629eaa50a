// SPDX-License-Identifier: Apache-2.0

/// A queue over a ring that grows by doubling up to a limit, and then refuses.
public struct RingBuffer<Element> {
    @usableFromInline var slots: [Element?]
    @usableFromInline var head = 0
    @usableFromInline var length = 0
    /// How many elements may wait at most.
    public let limit: Int

    public init(limit: Int = .max, reserving: Int = 0) {
        precondition(limit >= 0 && reserving >= 0)
        self.limit = limit
        slots = Array(repeating: nil, count: reserving == 0 ? 0 : Self.roomFor(reserving))
    }

    @inlinable public var count: Int { length }
    @inlinable public var isEmpty: Bool { length == 0 }
    @inlinable public var isFull: Bool { length >= limit }
    @inlinable public var first: Element? { length == 0 ? nil : slots[head] }
    @inlinable public var last: Element? { length == 0 ? nil : slots[place(length - 1)] }

    /// The element at a distance from the head.
    @inlinable public subscript(offset: Int) -> Element {
        get {
            precondition(offset >= 0 && offset < length)
            // '!': between head and tail every slot is filled.
            return slots[place(offset)]!
        }
        _modify {
            precondition(offset >= 0 && offset < length)
            // '!': between head and tail every slot is filled.
            yield &slots[place(offset)]!
        }
    }

    /// Queues an element at the tail; false, and nothing done, when the limit is reached.
    @inlinable public mutating func append(_ element: Element) -> Bool {
        guard length < limit else { return false }
        if length == slots.count { grow() }
        slots[place(length)] = element
        length += 1
        return true
    }

    /// Puts an element back in front; false, and nothing done, when the limit is reached.
    @inlinable public mutating func prepend(_ element: Element) -> Bool {
        guard length < limit else { return false }
        if length == slots.count { grow() }
        head = (head &- 1) & (slots.count - 1)
        slots[head] = element
        length += 1
        return true
    }

    /// Takes the element at the head; nil when nothing waits.
    @inlinable public mutating func popFirst() -> Element? {
        guard length > 0 else { return nil }
        let element = slots[head].take()
        head = (head + 1) & (slots.count - 1)
        length -= 1
        return element
    }

    /// Takes the element at the tail; nil when nothing waits.
    @inlinable public mutating func popLast() -> Element? {
        guard length > 0 else { return nil }
        length -= 1
        return slots[place(length)].take()
    }

    /// Drops every element; the memory stays unless told otherwise.
    public mutating func removeAll(keepingCapacity: Bool = true) {
        while popFirst() != nil {}
        head = 0
        if !keepingCapacity { slots = [] }
    }

    @inlinable func place(_ offset: Int) -> Int { (head &+ offset) & (slots.count &- 1) }

    @usableFromInline @inline(never) mutating func grow() {
        var larger = [Element?](repeating: nil, count: Self.roomFor(slots.count + 1))
        for offset in 0..<length { larger[offset] = slots[place(offset)].take() }
        slots = larger
        head = 0
    }

    /// The power of two that holds so many.
    @usableFromInline static func roomFor(_ wanted: Int) -> Int {
        1 << (Int.bitWidth - (max(wanted, 4) - 1).leadingZeroBitCount)
    }
}

extension RingBuffer: Sendable where Element: Sendable {}
