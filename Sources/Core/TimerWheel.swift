// SPDX-License-Identifier: Apache-2.0

/// Names one scheduled timer; harmless once the timer has fired or was cancelled.
public struct TimerHandle: Sendable, Hashable {
    @usableFromInline let index: UInt32
    @usableFromInline let generation: UInt32

    @usableFromInline init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }
}

/// Timers of one loop: a hierarchical wheel (Varghese and Lauck 1987), constant time per operation.
///
/// Eight levels of 64 slots; a slot of level n spans 64ⁿ ticks, so every deadline of the clock has
/// its place. A timer lies on the level of the highest digit (base 64) in which its tick differs
/// from the wheel's; entering a slot of a higher level moves its timers down. Hence everything on
/// a level is due before anything on the next one, and one bit mask per level finds what is next.
/// Deadlines are rounded up to a whole tick: a timer never fires early, and at most one tick late.
/// Timers of one tick fire in the order of scheduling. No allocation once the slab has grown.
public struct TimerWheel<Payload>: ~Copyable {
    @usableFromInline struct Entry {
        @usableFromInline var tick: UInt64 = 0
        @usableFromInline var next: UInt32
        @usableFromInline var previous: UInt32 = .max
        /// Odd while scheduled, even while free.
        @usableFromInline var generation: UInt32 = 0
        @usableFromInline var slot: UInt32 = 0
        @usableFromInline var payload: Payload?

        @usableFromInline init(nextFree: UInt32) { next = nextFree }
    }

    @usableFromInline struct List: Sendable {
        @usableFromInline var first: UInt32 = .max
        @usableFromInline var last: UInt32 = .max

        @usableFromInline init() {}
    }

    @usableFromInline static var none: UInt32 { .max }
    @usableFromInline static var levels: Int { 8 }

    @usableFromInline var entries: [Entry] = []
    @usableFromInline var firstFree: UInt32 = .max
    @usableFromInline var lists: [List]
    /// One bit per slot that holds timers, one word per level.
    @usableFromInline var occupied: InlineArray<8, UInt64> = .init(repeating: 0)
    /// The tick up to which everything due has fired.
    @usableFromInline var elapsed: UInt64 = 0
    @usableFromInline let origin: Int64
    @usableFromInline let tickNanoseconds: Int64
    @usableFromInline var scheduled = 0

    /// An empty wheel whose time begins at `now`; ticks may be as short as 100 µs.
    public init(now: Instant, tick: Duration = .milliseconds(1), reserving: Int = 0) {
        precondition(tick >= .microseconds(100), "a shorter tick needs more levels")
        origin = now.nanoseconds
        tickNanoseconds = tick.nanoseconds
        lists = Array(repeating: List(), count: Self.levels * 64)
        entries.reserveCapacity(reserving)
    }

    /// How many timers are scheduled.
    @inlinable public var count: Int { scheduled }
    @inlinable public var isEmpty: Bool { scheduled == 0 }

    /// Schedules a payload; a deadline already past fires on the next tick.
    @inlinable public mutating func schedule(
        at deadline: Instant, _ payload: Payload
    ) -> TimerHandle {
        if firstFree == Self.none { addEntry() }
        let index = firstFree
        let position = Int(index)
        firstFree = entries[position].next
        let generation = entries[position].generation &+ 1
        entries[position].generation = generation
        entries[position].payload = payload
        entries[position].tick = dueTick(deadline)
        scheduled += 1
        link(index)
        return TimerHandle(index: index, generation: generation)
    }

    @inlinable public func isScheduled(_ handle: TimerHandle) -> Bool {
        entries[Int(handle.index)].generation == handle.generation
    }

    /// Takes a timer out before it fires; nil when it fired or was cancelled already.
    @discardableResult
    @inlinable public mutating func cancel(_ handle: TimerHandle) -> Payload? {
        guard isScheduled(handle) else { return nil }
        unlink(handle.index)
        return release(handle.index)
    }

    /// Moves a timer to another deadline under the same handle; false when it has gone already.
    @discardableResult
    @inlinable public mutating func reschedule(
        _ handle: TimerHandle, at deadline: Instant
    ) -> Bool {
        guard isScheduled(handle) else { return false }
        let tick = dueTick(deadline)
        guard tick != entries[Int(handle.index)].tick else { return true }
        unlink(handle.index)
        entries[Int(handle.index)].tick = tick
        link(handle.index)
        return true
    }

    /// When to call `advance` or `pop` next: at or before the earliest deadline; nil when empty.
    ///
    /// Exact within 64 ticks; farther off it may be the start of the slot that holds the earliest.
    @inlinable public var nextDeadline: Instant? {
        guard let next = nextSlot() else { return nil }
        let (offset, overflow) = Int64(next.tick).multipliedReportingOverflow(by: tickNanoseconds)
        let (sum, carry) = origin.addingReportingOverflow(offset)
        return overflow || carry ? .distantFuture : Instant(nanoseconds: sum)
    }

    /// Hands over every payload due at `now`, tick by tick, in order of scheduling within a tick.
    @inlinable public mutating func advance<E: Error>(
        to now: Instant, fire: (Payload) throws(E) -> Void
    ) throws(E) {
        while let payload = pop(at: now) { try fire(payload) }
    }

    /// Takes the next payload due at `now`; for loops that schedule and cancel while they fire.
    ///
    /// What is scheduled meanwhile is due on a later tick, so the loop ends.
    @inlinable public mutating func pop(at now: Instant) -> Payload? {
        let target =
            now.nanoseconds <= origin
            ? 0 : UInt64((now.nanoseconds - origin) / tickNanoseconds)
        while let next = nextSlot(), next.tick <= target {
            elapsed = max(elapsed, next.tick)
            if next.slot < 64 {
                let index = lists[next.slot].first
                unlink(index)
                return release(index)
            }
            cascade(next.slot)
        }
        elapsed = max(elapsed, target)
        return nil
    }

    // MARK: Places

    @usableFromInline struct Place {
        /// Level times 64 plus position.
        @usableFromInline let slot: Int
        /// The first tick of the slot.
        @usableFromInline let tick: UInt64

        @usableFromInline init(slot: Int, tick: UInt64) {
            self.slot = slot
            self.tick = tick
        }
    }

    /// The occupied slot that begins first: the lowest bit of the lowest level in use.
    @inlinable func nextSlot() -> Place? {
        guard scheduled > 0 else { return nil }
        var level = 0
        while occupied[level] == 0 { level += 1 }
        let position = occupied[level].trailingZeroBitCount
        let shift = UInt64(level * 6)
        let block = (elapsed >> (shift + 6)) << (shift + 6)
        return Place(slot: level * 64 + position, tick: block + (UInt64(position) << shift))
    }

    @inlinable func dueTick(_ deadline: Instant) -> UInt64 {
        guard deadline.nanoseconds > origin else { return elapsed + 1 }
        let distance = UInt64(bitPattern: deadline.nanoseconds &- origin)
        let (whole, part) = distance.quotientAndRemainder(
            dividingBy: UInt64(bitPattern: tickNanoseconds))
        return max(part == 0 ? whole : whole + 1, elapsed + 1)
    }

    @inlinable mutating func link(_ index: UInt32) {
        let position = Int(index)
        let tick = entries[position].tick
        let level = (63 - ((elapsed ^ tick) | 63).leadingZeroBitCount) / 6
        let digit = Int(truncatingIfNeeded: tick >> UInt64(level * 6)) & 63
        let slot = level * 64 + digit
        let last = lists[slot].last
        entries[position].slot = UInt32(truncatingIfNeeded: slot)
        entries[position].previous = last
        entries[position].next = Self.none
        if last == Self.none {
            lists[slot].first = index
            occupied[level] |= 1 << UInt64(digit)
        } else {
            entries[Int(last)].next = index
        }
        lists[slot].last = index
    }

    @inlinable mutating func unlink(_ index: UInt32) {
        let slot = Int(entries[Int(index)].slot)
        let previous = entries[Int(index)].previous
        let next = entries[Int(index)].next
        if previous == Self.none {
            lists[slot].first = next
        } else {
            entries[Int(previous)].next = next
        }
        if next == Self.none {
            lists[slot].last = previous
        } else {
            entries[Int(next)].previous = previous
        }
        if previous == Self.none, next == Self.none {
            occupied[slot / 64] &= ~(1 << UInt64(slot % 64))
        }
    }

    /// Moves the timers of an entered slot to lower levels, keeping their order.
    @usableFromInline @inline(never) mutating func cascade(_ slot: Int) {
        var index = lists[slot].first
        lists[slot] = List()
        occupied[slot / 64] &= ~(1 << UInt64(slot % 64))
        while index != Self.none {
            let next = entries[Int(index)].next
            link(index)
            index = next
        }
    }

    @inlinable mutating func release(_ index: UInt32) -> Payload? {
        let payload = entries[Int(index)].payload.take()
        entries[Int(index)].generation &+= 1
        // A slot that has used up its generations (zero again) is retired: no handle may come back.
        if entries[Int(index)].generation != 0 {
            entries[Int(index)].next = firstFree
            firstFree = index
        }
        scheduled -= 1
        return payload
    }

    @usableFromInline @inline(never) mutating func addEntry() {
        precondition(entries.count < Int(UInt32.max), "no room for another timer")
        firstFree = UInt32(entries.count)
        entries.append(Entry(nextFree: Self.none))
    }
}

extension TimerWheel: Sendable where Payload: Sendable {}
extension TimerWheel.Entry: Sendable where Payload: Sendable {}
