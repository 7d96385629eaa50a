// SPDX-License-Identifier: Apache-2.0
import Core

/// Walks the inside of a string, escapes resolved, one scalar at a time.
///
/// A surrogate escape without its partner (`\ud800`) is legal JSON grammar and carries no character
/// (RFC 8259 §8.2). It is accepted and carried through untouched; wherever the text is decoded or
/// compared it is U+FFFD, so that two names which read alike to the next program are alike here.
struct JSONText: ~Escapable {
    private let raw: Span<UInt8>
    private var position = 0

    @_lifetime(copy raw)
    init(_ raw: Span<UInt8>) { self.raw = raw }

    /// The text as UTF-8.
    static func decoded(_ raw: Span<UInt8>) -> Bytes {
        var writer = ByteWriter(capacity: raw.count)
        var text = JSONText(raw)
        while let point = text.next() {
            writer.append(utf8: point)
        }
        return writer.finish()
    }

    /// Orders two texts by scalars: negative, zero or positive.
    static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
        var left = JSONText(left)
        var right = JSONText(right)
        while true {
            switch (left.next(), right.next()) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let one?, let other?):
                if one != other { return one < other ? -1 : 1 }
            }
        }
    }

    /// The next scalar; nil at the end. Malformed input and lone surrogates yield U+FFFD.
    mutating func next() -> Unicode.Scalar? {
        nextPoint().map { Unicode.Scalar($0) ?? "\u{FFFD}" }
    }

    private mutating func nextPoint() -> UInt32? {
        guard position < raw.count else { return nil }
        let byte = raw[position]
        if byte == UInt8(ascii: "\\") { return nextEscape() }
        if byte < 0x80 {
            position += 1
            return UInt32(byte)
        }
        let length = raw.lengthOfSequence(at: position)
        guard length > 0 else {
            position += 1
            return 0xFFFD
        }
        var point = UInt32(byte) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for index in position + 1..<position + length {
            point = point << 6 | UInt32(raw[index] & 0x3F)
        }
        position += length
        return point
    }

    private mutating func nextEscape() -> UInt32 {
        guard position + 1 < raw.count else {
            position = raw.count
            return 0xFFFD
        }
        let letter = raw[position + 1]
        guard letter == UInt8(ascii: "u") else {
            position += 2
            return UInt32(Self.plain(letter))
        }
        guard let unit = hexUnit(at: position + 2) else {
            position += 2
            return 0xFFFD
        }
        position += 6
        guard 0xD800...0xDBFF ~= unit, position + 1 < raw.count,
            raw[position] == UInt8(ascii: "\\"), raw[position + 1] == UInt8(ascii: "u"),
            let low = hexUnit(at: position + 2), 0xDC00...0xDFFF ~= low
        else { return unit }
        position += 6
        return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private static func plain(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    private func hexUnit(at start: Int) -> UInt32? {
        guard start + 4 <= raw.count else { return nil }
        var unit: UInt32 = 0
        for index in start..<start + 4 {
            guard let digit = ASCII.hexValue(raw[index]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}

extension ByteWriter {
    mutating func append(utf8 scalar: Unicode.Scalar) {
        // Every scalar encodes to one to four bytes.
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte) }
    }
}
