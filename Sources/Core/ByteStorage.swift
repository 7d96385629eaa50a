// SPDX-License-Identifier: Apache-2.0

/// A fixed block of heap memory that slices share and the last of them frees.
///
/// Bytes below the owner's fill mark are never written again, so slices of them may travel between
/// threads; only the single `ByteWriter` that owns the block writes, and only above that mark.
@safe public final class ByteStorage: @unchecked Sendable {  // Sendable: written parts are frozen.
    @usableFromInline let base: UnsafeMutableRawPointer
    public let capacity: Int

    @inlinable public init(capacity: Int) {
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: max(capacity, 1), alignment: 8)
        self.capacity = max(capacity, 1)
    }

    deinit { unsafe base.deallocate() }
}
