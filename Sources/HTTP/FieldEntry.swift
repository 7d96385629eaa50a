// SPDX-License-Identifier: Apache-2.0

/// Where one field lies in its head, in eight bytes.
struct FieldEntry {
    let packed: UInt64

    @inline(__always)
    init(packed: UInt64) { self.packed = packed }

    @inline(__always)
    init(name: Range<Int>, value: Range<Int>, known: KnownField) {
        packed =
            UInt64(UInt16(truncatingIfNeeded: name.lowerBound))
            | UInt64(UInt16(truncatingIfNeeded: value.lowerBound)) << 16
            | UInt64(UInt16(truncatingIfNeeded: value.count)) << 32
            | UInt64(UInt8(truncatingIfNeeded: name.count)) << 48
            | UInt64(known.rawValue) << 56
    }

    @inline(__always)
    var name: Range<Int> {
        let start = Int(packed & 0xFFFF)
        return start..<start &+ Int(packed >> 48 & 0xFF)
    }

    @inline(__always)
    var value: Range<Int> {
        let start = Int(packed >> 16 & 0xFFFF)
        return start..<start &+ Int(packed >> 32 & 0xFFFF)
    }

    @inline(__always)
    var knownRaw: UInt8 { UInt8(truncatingIfNeeded: packed >> 56) }
}
