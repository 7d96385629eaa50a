// SPDX-License-Identifier: Apache-2.0
import Core

/// Scans that look at sixteen bytes per step, then at single ones near the end.
///
/// A lane is marked by its top bit, found with plain arithmetic; see Core's `lanesBelow`.
enum ByteScan {
    private typealias Lanes = SIMD16<UInt8>

    /// The first position at or after `from` that cannot be part of a field name or method.
    @inline(__always)
    static func tokenEnd(_ bytes: Span<UInt8>, from: Int) -> Int {
        var position = from
        while position &+ 16 <= bytes.count {
            guard let offset = foreignToNames(bytes.block(at: position)).firstMarkedLane else {
                position &+= 16
                continue
            }
            position &+= offset
            // The rarer token bytes are looked at one by one.
            guard isToken(bytes[position]) else { return position }
            position &+= 1
        }
        while position < bytes.count, isToken(bytes[position]) { position &+= 1 }
        return position
    }

    /// The first position at or after `from` that cannot be part of a field value.
    @inline(__always)
    static func valueEnd(_ bytes: Span<UInt8>, from: Int) -> Int {
        var position = from
        while position &+ 16 <= bytes.count {
            guard let offset = controls(bytes.block(at: position)).firstMarkedLane else {
                position &+= 16
                continue
            }
            position &+= offset
            guard bytes[position] == 0x09 else { return position }
            position &+= 1
        }
        while position < bytes.count, isValueByte(bytes[position]) { position &+= 1 }
        return position
    }

    /// The first position at or after `from` that is no visible ASCII, or is `#` or `?`.
    @inline(__always)
    static func targetPartEnd(_ bytes: Span<UInt8>, from: Int) -> Int {
        var position = from
        while position &+ 16 <= bytes.count {
            let block = bytes.block(at: position)
            let foreign = block | block.lanesBelow(0x21) | block.lanesEqual(to: 0x7F)
            let stops = foreign | block.lanesEqual(to: 0x23) | block.lanesEqual(to: 0x3F)
            if let offset = stops.firstMarkedLane { return position &+ offset }
            position &+= 16
        }
        while position < bytes.count, isTargetByte(bytes[position]) { position &+= 1 }
        return position
    }

    /// RFC 9110 section 5.6.2: tchar.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        let members: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 128 && members >> UInt64(byte & 63) & 1 == 1
    }

    /// RFC 9110 section 5.5: visible, obs-text, SP and HTAB.
    @inline(__always)
    static func isValueByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == 0x09
    }

    /// Eight bytes, the first one lowest.
    @inline(__always)
    static func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        // Every bit pattern is a UInt64, and the load checks its bounds.
        let raw = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return UInt64(littleEndian: raw)
    }

    @inline(__always)
    private static func isTargetByte(_ byte: UInt8) -> Bool {
        byte &- 0x21 < 0x7F - 0x21 && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "?")
    }

    /// Marks lanes that are neither letters, digits nor hyphens.
    @inline(__always)
    private static func foreignToNames(_ block: Lanes) -> Lanes {
        // Bytes of 0x80 and above stay foreign whatever the sums below make of them.
        let folded = block | Lanes(repeating: 0x20)
        let letters = (folded &- Lanes(repeating: 0x61)).lanesBelow(26)
        let digits = (block &- Lanes(repeating: 0x30)).lanesBelow(10)
        return ~(letters | digits | block.lanesEqual(to: 0x2D)) | block
    }

    /// Marks control characters, HTAB too.
    @inline(__always)
    private static func controls(_ block: Lanes) -> Lanes {
        block.lanesBelow(0x20) | block.lanesEqual(to: 0x7F)
    }
}
