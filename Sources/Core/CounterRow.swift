// SPDX-License-Identifier: Apache-2.0

/// The cells of a `CounterCells` as their one writer uses them: a pointer, no reference to count.
///
/// Whoever makes one keeps the cells alive as long as it is used.
@safe public struct CounterRow {
    @usableFromInline let cells: Unmanaged<CounterCells>

    @inlinable public init(_ cells: CounterCells) {
        unsafe self.cells = Unmanaged.passUnretained(cells)
    }

    /// Adds to one cell.
    @inlinable public func add(_ amount: UInt64 = 1, at index: Int) {
        unsafe cells._withUnsafeGuaranteedRef { $0.add(amount, at: index) }
    }

    /// Replaces one cell.
    @inlinable public func set(_ value: UInt64, at index: Int) {
        unsafe cells._withUnsafeGuaranteedRef { $0.set(value, at: index) }
    }
}
