// SPDX-License-Identifier: Apache-2.0

/// Merges the bytes of a piece, pair by pair and lowest rank first, until no pair is a token.
///
/// Short pieces are searched for the lowest rank; longer ones keep their pairs in a heap, so that
/// n bytes take O(n log n). Pieces beyond `window` bytes are merged a window at a time, each from
/// the last token that begins `margin` bytes before the end of the one before: only a merge that
/// depends on bytes that far behind it could differ, and memory stays below 2 MB.
struct PieceMerger: ~Copyable {
    static let window = 1 << 16
    static let margin = 1 << 12
    private static let longestShort = 64

    /// Where the tokens of the last piece begin, then its end.
    private(set) var boundaries: [Int] = []
    /// For each boundary: the rank of the token that the parts before and behind the next one make.
    private var ranks: [UInt32] = []
    private var pairs = PairHeap()

    /// Merges a piece of a text; what comes out is in `boundaries`.
    mutating func merge(_ text: Span<UInt8>, _ piece: Range<Int>, _ vocabulary: Vocabulary) {
        boundaries.removeAll(keepingCapacity: true)
        if piece.count <= Self.longestShort {
            mergeShort(text, piece, vocabulary)
        } else {
            mergeLong(text, piece, vocabulary)
        }
    }

    private mutating func mergeLong(
        _ text: Span<UInt8>, _ piece: Range<Int>, _ vocabulary: Vocabulary
    ) {
        var start = piece.lowerBound
        while piece.upperBound - start > Self.window {
            pairs.merge(text, start..<start + Self.window, vocabulary)
            let limit = Self.window - Self.margin
            pairs.appendStarts(to: &boundaries, offset: start, below: limit)
            start = boundaries.removeLast()
        }
        pairs.merge(text, start..<piece.upperBound, vocabulary)
        pairs.appendStarts(to: &boundaries, offset: start, below: piece.count)
        boundaries.append(piece.upperBound)
    }

    private mutating func mergeShort(
        _ text: Span<UInt8>, _ piece: Range<Int>, _ vocabulary: Vocabulary
    ) {
        ranks.removeAll(keepingCapacity: true)
        for place in piece.lowerBound...piece.upperBound {
            boundaries.append(place)
            let end = place &+ 2
            ranks.append(
                end <= piece.upperBound ? vocabulary.id(text, place..<end) : Vocabulary.none)
        }
        while true {
            var least = Vocabulary.none
            var index = 0
            for candidate in ranks.indices where ranks[candidate] < least {
                least = ranks[candidate]
                index = candidate
            }
            if least == Vocabulary.none { return }
            boundaries.remove(at: index + 1)
            ranks.remove(at: index + 1)
            rate(index, text, vocabulary)
            if index > 0 { rate(index - 1, text, vocabulary) }
        }
    }

    private mutating func rate(_ index: Int, _ text: Span<UInt8>, _ vocabulary: Vocabulary) {
        guard index + 2 < boundaries.count else {
            ranks[index] = Vocabulary.none
            return
        }
        ranks[index] = vocabulary.id(text, boundaries[index]..<boundaries[index + 2])
    }
}
