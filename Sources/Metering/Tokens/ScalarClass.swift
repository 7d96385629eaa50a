// SPDX-License-Identifier: Apache-2.0

/// Classes of Unicode scalars as the split patterns tell them apart; each scalar is in one.
struct ScalarClass: OptionSet {
    let rawValue: UInt8

    /// Whatever no other class names; bytes that are no UTF-8 as well.
    static let other = ScalarClass(rawValue: 1)
    /// `\s` but for CR and LF.
    static let blank = ScalarClass(rawValue: 1 << 1)
    /// CR and LF.
    static let lineBreak = ScalarClass(rawValue: 1 << 2)
    /// `\p{N}`
    static let number = ScalarClass(rawValue: 1 << 3)
    /// `[\p{Lu}\p{Lt}]`
    static let upper = ScalarClass(rawValue: 1 << 4)
    /// `\p{Ll}`
    static let lower = ScalarClass(rawValue: 1 << 5)
    /// `[\p{Lm}\p{Lo}]`
    static let caseless = ScalarClass(rawValue: 1 << 6)
    /// `\p{M}`
    static let mark = ScalarClass(rawValue: 1 << 7)

    /// `\p{L}`
    static let letter: ScalarClass = [.upper, .lower, .caseless]
    /// `\s`
    static let space: ScalarClass = [.blank, .lineBreak]
    /// `[^\s\p{L}\p{N}]`
    static let sign: ScalarClass = [.other, .mark]
    /// `[^\r\n\p{L}\p{N}]`: what may stand before a word and belong to it.
    static let wordPrefix: ScalarClass = [.other, .mark, .blank]
    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`
    static let head: ScalarClass = [.upper, .caseless, .mark]
    /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`
    static let tail: ScalarClass = [.lower, .caseless, .mark]
    /// What heads and tails have in common.
    static let headOrTail: ScalarClass = [.caseless, .mark]

    /// Whether the scalar's class is one of these; never at the end of the text.
    @inline(__always) func holds(_ one: ScalarClass) -> Bool { rawValue & one.rawValue != 0 }
}

/// The class of each scalar: an index of runs of 128 scalars, then the distinct runs.
struct ScalarTable: ~Escapable {
    private static let runs = 0x110000 / 128
    private let bytes: Span<UInt8>

    @_lifetime(immortal)
    init() {
        bytes = Resource.scalarClasses.span
        precondition(bytes.count % 128 == 0 && bytes.count > Self.runs)
    }

    @inline(__always) func ascii(_ byte: UInt8) -> ScalarClass {
        ScalarClass(rawValue: bytes[Self.runs &+ Int(byte)])
    }

    func scalar(_ value: UInt32) -> ScalarClass {
        let run = Int(bytes[Int(value >> 7)])
        return ScalarClass(rawValue: bytes[Self.runs &+ run << 7 &+ Int(value & 127)])
    }
}
