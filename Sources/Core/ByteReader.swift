// SPDX-License-Identifier: Apache-2.0

/// Bounds-checked reading of foreign bytes: an overrun yields zeros and sets `failed`, for ever.
public struct ByteReader: ~Escapable {
    @usableFromInline let bytes: Span<UInt8>
    /// Offset of the next byte to read.
    public private(set) var position = 0
    /// True once anything was read beyond the end or was not well formed.
    public private(set) var failed = false

    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// Bytes not yet read; none after a failure.
    public var remaining: Int { failed ? 0 : bytes.count - position }

    /// Marks the input as malformed; every later read yields zero.
    public mutating func fail() { failed = true }

    /// The next byte; zero and a failure at the end.
    public mutating func byte() -> UInt8 {
        guard remaining >= 1 else {
            failed = true
            return 0
        }
        position += 1
        return bytes[position - 1]
    }

    /// A 16-bit integer in network order.
    public mutating func uint16() -> UInt16 { UInt16(truncatingIfNeeded: bigEndian(2)) }

    /// A 32-bit integer in network order.
    public mutating func uint32() -> UInt32 { UInt32(truncatingIfNeeded: bigEndian(4)) }

    /// A 64-bit integer in network order.
    public mutating func uint64() -> UInt64 { bigEndian(8) }

    /// An integer in groups of seven bits, least first; only its shortest form is accepted.
    public mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let next = byte()
            if failed { return 0 }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 {
                let overflows = shift == 63 && next > 1
                let padded = next == 0 && shift > 0
                if overflows || padded { break }
                return value
            }
            shift += 7
        }
        failed = true
        return 0
    }

    /// The range of the next `count` bytes within the input, which are skipped.
    public mutating func skip(_ count: Int) -> Range<Int> {
        guard count >= 0, remaining >= count else {
            failed = true
            return position..<position
        }
        position += count
        return (position - count)..<position
    }

    /// A copy of the next `count` bytes.
    public mutating func copy(_ count: Int) -> Bytes {
        let range = skip(count)
        return Bytes(copying: bytes.extracting(range))
    }

    /// The next `count` bytes as text; nothing but valid UTF-8 without NUL is accepted.
    public mutating func text(_ count: Int) -> String {
        let range = skip(count)
        let piece = bytes.extracting(range)
        for index in piece.indices where piece[index] == 0 { failed = true }
        guard !failed, let valid = try? UTF8Span(validating: piece) else {
            failed = true
            return ""
        }
        return String(copying: valid)
    }

    private mutating func bigEndian(_ count: Int) -> UInt64 {
        guard remaining >= count else {
            failed = true
            return 0
        }
        var value: UInt64 = 0
        for offset in 0..<count { value = value << 8 | UInt64(bytes[position + offset]) }
        position += count
        return value
    }
}
