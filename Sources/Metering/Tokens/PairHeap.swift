// SPDX-License-Identifier: Apache-2.0

/// The parts of a long piece as a list, and their pairs by rank in a heap.
///
/// An entry is a rank and the place of the left part; when that part has changed since, its rank
/// differs and the entry is passed over. 20 bytes for each byte of a piece at most.
struct PairHeap: ~Copyable {
    private static let none = Int32(-1)
    /// For each byte that begins a part: where the next part begins.
    private var next: [Int32] = []
    private var previous: [Int32] = []
    /// The rank of the token that the part there and the next one make.
    private var ranks: [UInt32] = []
    /// Rank above, place below; a binary heap with the least entry first.
    private var heap: [UInt64] = []

    /// Merges the bytes of a range as far as they go.
    mutating func merge(_ text: Span<UInt8>, _ piece: Range<Int>, _ vocabulary: Vocabulary) {
        start(count: piece.count)
        for place in 0..<piece.count - 1 {
            rate(place, text, piece, vocabulary)
            if ranks[place] != Vocabulary.none { heap.append(entry(place)) }
        }
        order()
        while let place = popLeast() {
            join(place)
            rate(place, text, piece, vocabulary)
            if ranks[place] != Vocabulary.none { push(entry(place)) }
            let before = previous[place]
            if before == Self.none { continue }
            rate(Int(before), text, piece, vocabulary)
            if ranks[Int(before)] != Vocabulary.none { push(entry(Int(before))) }
        }
    }

    /// Appends the places where parts begin, moved by `offset`, as long as they are below `limit`.
    func appendStarts(to places: inout [Int], offset: Int, below limit: Int) {
        var place = 0
        while place < next.count, place < limit {
            places.append(offset + place)
            place = Int(next[place])
        }
    }

    private mutating func start(count: Int) {
        next.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        ranks.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
        for place in 0..<count {
            next.append(Int32(place + 1))
            previous.append(Int32(place - 1))
        }
        ranks.append(contentsOf: repeatElement(Vocabulary.none, count: count))
    }

    /// Finds the rank of the part at a place together with the next part.
    private mutating func rate(
        _ place: Int, _ text: Span<UInt8>, _ piece: Range<Int>, _ vocabulary: Vocabulary
    ) {
        let second = Int(next[place])
        guard second < piece.count else {
            ranks[place] = Vocabulary.none
            return
        }
        let range = piece.lowerBound + place..<piece.lowerBound + Int(next[second])
        ranks[place] = vocabulary.id(text, range)
    }

    /// Makes one part of the part at a place and the next one.
    private mutating func join(_ place: Int) {
        let second = Int(next[place])
        let third = Int(next[second])
        next[place] = Int32(third)
        ranks[second] = Vocabulary.none
        if third < previous.count { previous[third] = Int32(place) }
    }

    private func entry(_ place: Int) -> UInt64 { UInt64(ranks[place]) << 32 | UInt64(place) }

    private mutating func order() {
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    /// The place of the pair with the lowest rank, the first of several.
    private mutating func popLeast() -> Int? {
        while let least = heap.first {
            let last = heap.removeLast()
            if !heap.isEmpty {
                heap[0] = last
                sink(0)
            }
            let place = Int(least & 0xFFFF_FFFF)
            if ranks[place] == UInt32(truncatingIfNeeded: least >> 32) { return place }
        }
        return nil
    }

    private mutating func push(_ entry: UInt64) {
        heap.append(entry)
        var index = heap.count - 1
        while index > 0, heap[(index - 1) / 2] > entry {
            heap[index] = heap[(index - 1) / 2]
            index = (index - 1) / 2
        }
        heap[index] = entry
    }

    private mutating func sink(_ start: Int) {
        let entry = heap[start]
        var index = start
        while true {
            var child = 2 * index + 1
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard child < heap.count, heap[child] < entry else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
