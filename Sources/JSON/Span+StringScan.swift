// SPDX-License-Identifier: Apache-2.0
import Core

extension Span where Element == UInt8 {
    /// The first quote, backslash, control or non-ASCII byte at or after `from`, or `count`.
    @inline(__always)
    func indexOfStringStop(from: Int) -> Int {
        var index = from
        while index &+ 16 <= count {
            let block = block(at: index)
            let marks =
                block.lanesEqual(to: 0x22) | block.lanesEqual(to: 0x5C) | block.lanesBelow(0x20)
                | block
            if let first = marks.firstMarkedLane { return index &+ first }
            index &+= 16
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return index }
            index &+= 1
        }
        return count
    }

    @inline(__always)
    func indexAfterBlanks(from: Int) -> Int {
        var index = from
        while index < count {
            let byte = self[index]
            if byte > 0x20 { return index }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                return index
            }
            index &+= 1
        }
        return index
    }

    /// How many bytes the well-formed non-ASCII UTF-8 sequence here has; 0 if malformed or cut.
    ///
    /// Unicode 16 table 3-7: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    @inline(__always)
    func lengthOfSequence(at start: Int) -> Int {
        let lead = self[start]
        guard lead >= 0xC2, lead <= 0xF4 else { return 0 }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard start &+ length <= count else { return 0 }
        let second = self[start &+ 1]
        let low: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
        let high: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
        guard second >= low, second <= high else { return 0 }
        if length > 2, self[start &+ 2] & 0xC0 != 0x80 { return 0 }
        if length > 3, self[start &+ 3] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
