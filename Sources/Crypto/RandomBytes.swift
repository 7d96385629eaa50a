// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
public import Core

/// Unpredictable bytes from the library's generator, which the kernel seeds; any thread.
public enum RandomBytes {
    /// Overwrites the whole span.
    public static func fill(_ room: inout MutableSpan<UInt8>) {
        guard room.count > 0 else { return }
        let done = unsafe room.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_bytes(buffer.baseAddress, Int32(buffer.count))
        }
        // Going on with predictable keys would be worse than stopping.
        precondition(done == 1, "the random generator has no entropy")
    }

    /// As many fresh random bytes.
    public static func make(count: Int) -> Bytes {
        precondition(count >= 0)
        guard count > 0 else { return Bytes() }
        var writer = ByteWriter(capacity: count)
        unsafe writer.appendUnsafe(atLeast: count) { room in
            let exact = unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<count])
            var span = unsafe exact.bindMemory(to: UInt8.self).mutableSpan
            fill(&span)
            return count
        }
        return writer.finish()
    }

    /// A seed for a `SeededGenerator`, or any unpredictable number.
    public static func seed() -> UInt64 {
        var bytes: InlineArray<8, UInt8> = .init(repeating: 0)
        var span = bytes.mutableSpan
        fill(&span)
        return unsafe bytes.span.bytes.unsafeLoadUnaligned(as: UInt64.self)
    }
}
