// SPDX-License-Identifier: Apache-2.0

/// Classes of the scalars of a UTF-8 text by their position; needs no valid UTF-8.
struct ScalarReader: ~Escapable {
    let text: Span<UInt8>
    private let table: ScalarTable

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) {
        self.text = text
        table = ScalarTable()
    }

    /// The class of the scalar at a position and its length; no class and no length at the end.
    @inline(__always) func scalar(at index: Int) -> (class: ScalarClass, length: Int) {
        guard index < text.count else { return ([], 0) }
        let byte = text[index]
        return byte < 0x80 ? (table.ascii(byte), 1) : longScalar(at: index)
    }

    /// The end of the run of scalars of these classes that starts at a position.
    @inline(__always) func run(of classes: ScalarClass, from start: Int) -> Int {
        var index = start
        while true {
            let next = scalar(at: index)
            guard classes.holds(next.class) else { return index }
            index &+= next.length
        }
    }

    /// The length of an apostrophe and `s`, `d`, `m`, `t`, `ll`, `ve` or `re` in any case; 0 if
    /// something else is there. U+017F is an `s` when case does not matter.
    func contraction(at start: Int) -> Int {
        guard start &+ 1 < text.count, text[start] == UInt8(ascii: "'") else { return 0 }
        let second = start &+ 2 < text.count ? text[start &+ 2] : 0
        switch (text[start &+ 1] | 0x20, second | 0x20) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "d"), _), (UInt8(ascii: "m"), _),
            (UInt8(ascii: "t"), _):
            return 2
        case (UInt8(ascii: "l"), UInt8(ascii: "l")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "r"), UInt8(ascii: "e")):
            return 3
        default:
            return text[start &+ 1] == 0xC5 && second == 0xBF ? 3 : 0
        }
    }

    /// A scalar beyond ASCII (Unicode 16.0, table 3-7); a byte that begins none is `other`.
    private func longScalar(at index: Int) -> (class: ScalarClass, length: Int) {
        let lead = UInt32(text[index])
        let first = continuation(index &+ 1)
        switch lead {
        case 0xC2...0xDF where first < 64:
            return (table.scalar((lead & 31) << 6 | first), 2)
        case 0xE0...0xEF where first < 64:
            let second = continuation(index &+ 2)
            let value = (lead & 15) << 12 | first << 6 | second & 63
            guard second < 64, value >= 0x800, value >> 11 != 0x1B else { return (.other, 1) }
            return (table.scalar(value), 3)
        case 0xF0...0xF4 where first < 64:
            let (second, third) = (continuation(index &+ 2), continuation(index &+ 3))
            let high = (lead & 7) << 18 | first << 12
            let value = high | (second & 63) << 6 | third & 63
            guard second < 64, third < 64, value >= 0x10000, value < 0x110000 else {
                return (.other, 1)
            }
            return (table.scalar(value), 4)
        default:
            return (.other, 1)
        }
    }

    /// The six bits of a continuation byte; 64 for any other byte and beyond the end.
    @inline(__always) private func continuation(_ index: Int) -> UInt32 {
        guard index < text.count, text[index] & 0xC0 == 0x80 else { return 64 }
        return UInt32(text[index] & 63)
    }
}
