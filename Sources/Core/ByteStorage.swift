// SPDX-License-Identifier: Apache-2.0

/// A fixed block of heap memory that slices share and the last of them frees.
///
/// Bytes below the owner's fill mark are never written again, so slices of them may travel between
/// threads; only the single `ByteWriter` that owns the block writes, and only above that mark.
/// The bytes lie behind the object's header: one allocation a block.
@safe public final class ByteStorage: ManagedBuffer<Int, UInt8> {
    /// A block of `capacity` bytes, not initialised.
    @inlinable public static func make(capacity: Int) -> ByteStorage {
        let size = Swift.max(capacity, 1)
        let made = create(minimumCapacity: size) { _ in size }
        // `create` makes an object of the class it is called on.
        return unsafe unsafeDowncast(made, to: ByteStorage.self)
    }

    /// How many bytes the block has.
    @inlinable public var byteCapacity: Int { header }

    @usableFromInline var base: UnsafeMutableRawPointer {
        @inlinable get {
            unsafe withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
        }
    }
}
