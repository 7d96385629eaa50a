// SPDX-License-Identifier: Apache-2.0
import Core

/// Scans that look at eight bytes per step; the first offender is found by its bit position.
///
/// Each mask has the top bit of a byte set where that byte offends. Borrows and carries may set
/// bits above the first offender, never below it, and only the first one is used.
enum ByteScan {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var tops: UInt64 { 0x8080_8080_8080_8080 }

    /// The first position at or after `from` that cannot be part of a field name or method.
    @inline(__always)
    static func tokenEnd(_ bytes: Span<UInt8>, from: Int) -> Int {
        var position = from
        while position &+ 8 <= bytes.count {
            let foreign = foreignToNames(word(bytes, at: position))
            if foreign == 0 {
                position &+= 8
                continue
            }
            position &+= foreign.trailingZeroBitCount >> 3
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
        while position &+ 8 <= bytes.count {
            let control = controls(word(bytes, at: position))
            if control == 0 {
                position &+= 8
                continue
            }
            position &+= control.trailingZeroBitCount >> 3
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
        while position &+ 8 <= bytes.count {
            let chunk = word(bytes, at: position)
            let marks = zeros(chunk ^ ones &* 0x23) | zeros(chunk ^ ones &* 0x3F)
            let foreign = zeros(chunk ^ ones &* 0x20) | controls(chunk) | chunk & tops
            let stops = marks | foreign
            if stops != 0 { return position &+ stops.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < bytes.count, isTargetByte(bytes[position]) { position &+= 1 }
        return position
    }

    @inline(__always)
    private static func isTargetByte(_ byte: UInt8) -> Bool {
        byte &- 0x21 < 0x7F - 0x21 && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "?")
    }

    /// The position of the first CR or LF at or after `from`, or the count.
    @inline(__always)
    static func lineEnd(_ bytes: Span<UInt8>, from: Int) -> Int {
        var position = from
        while position &+ 8 <= bytes.count {
            let chunk = word(bytes, at: position)
            let ends = zeros(chunk ^ (ones &* 0x0A)) | zeros(chunk ^ (ones &* 0x0D))
            if ends != 0 { return position &+ ends.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D {
            position &+= 1
        }
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

    /// Bytes that are neither letters, digits nor hyphens.
    @inline(__always)
    private static func foreignToNames(_ word: UInt64) -> UInt64 {
        let low = word & ~tops
        let folded = low | ones &* 0x20
        let letters = (folded &+ ones &* (0x80 - 0x61)) & ~(folded &+ ones &* (0x7F - 0x7A))
        let digits = (low &+ ones &* (0x80 - 0x30)) & ~(low &+ ones &* (0x7F - 0x39))
        let notHyphens = (low ^ ones &* 0x2D) &+ ones &* 0x7F
        return (~(letters | digits | ~notHyphens) | word) & tops
    }

    /// Bytes below 0x20 and DEL.
    @inline(__always)
    private static func controls(_ word: UInt64) -> UInt64 {
        ((word &- ones &* 0x20) & ~word & tops) | zeros(word ^ ones &* 0x7F)
    }

    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & tops }
}
