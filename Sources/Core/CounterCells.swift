// SPDX-License-Identifier: Apache-2.0
public import Synchronization

/// A row of counters that one thread writes and any thread reads, on cache lines of its own.
///
/// Sums over several rows (one per worker) are made by the reader.
@safe public final class CounterCells: @unchecked Sendable {  // Sendable: all cells are atomic.
    @usableFromInline let cells: UnsafeMutablePointer<Atomic<UInt64>>
    public let count: Int

    public init(count: Int) {
        precondition(count > 0)
        self.count = count
        // Whole cache lines, so that the rows of two workers never share one.
        let size = (count * 8 + 63) / 64 * 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        unsafe cells = memory.bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { unsafe (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe cells.deinitialize(count: count)
        unsafe UnsafeMutableRawPointer(cells).deallocate()
    }

    @inlinable public subscript(index: Int) -> UInt64 {
        precondition(index >= 0 && index < count)
        return unsafe cells[index].load(ordering: .relaxed)
    }

    /// Adds to one cell; only the one writer may call this.
    @inlinable public func add(_ amount: UInt64 = 1, at index: Int) {
        precondition(index >= 0 && index < count)
        let value = unsafe cells[index].load(ordering: .relaxed)
        unsafe cells[index].store(value &+ amount, ordering: .relaxed)
    }

    /// Replaces one cell; only the one writer may call this.
    @inlinable public func set(_ value: UInt64, at index: Int) {
        precondition(index >= 0 && index < count)
        unsafe cells[index].store(value, ordering: .relaxed)
    }
}
