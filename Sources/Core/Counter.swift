// SPDX-License-Identifier: Apache-2.0
public import Synchronization

/// A number that one thread changes and any thread reads: plain moves, no locked instruction.
public struct Counter: ~Copyable, Sendable {
    @usableFromInline let cell: Atomic<UInt64>

    @inlinable public init(_ value: UInt64 = 0) { cell = Atomic(value) }

    @inlinable public var value: UInt64 { cell.load(ordering: .relaxed) }

    /// Adds to the number; only its one writer may call this.
    @inlinable public func add(_ amount: UInt64 = 1) {
        cell.store(cell.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// Replaces the number; only its one writer may call this.
    @inlinable public func set(_ value: UInt64) { cell.store(value, ordering: .relaxed) }
}
