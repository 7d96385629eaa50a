// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The simulator's tokens: a word with the blank before it, cut at sixteen bytes.
///
/// No provider counts like this, but it is the same everywhere here: what a stream sends as events
/// is what its usage says.
enum WordPieces {
    private static let longest = 16

    /// The end of the piece that starts at `start`, never inside a character.
    static func end(in text: Span<UInt8>, from start: Int) -> Int {
        var index = start + 1
        while index < text.count, index - start < longest, text[index] > 0x20 { index += 1 }
        while index < text.count, text[index] & 0xC0 == 0x80 { index += 1 }
        return min(index, text.count)
    }

    static func count(_ text: Span<UInt8>) -> Int {
        var pieces = 0
        var position = 0
        while position < text.count {
            position = end(in: text, from: position)
            pieces += 1
        }
        return pieces
    }

    /// The length of the first `pieces` pieces, in bytes.
    static func length(of pieces: Int, in text: Span<UInt8>) -> Int {
        var position = 0
        for _ in 0..<pieces where position < text.count {
            position = end(in: text, from: position)
        }
        return position
    }
}
