// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects

/// What came out of a tap for a stream fed in pieces.
struct StreamTapRun {
    var relayed: [UInt8] = []
    var facts = StreamFacts()
    var ending = StreamTap.Ending.truncated
    /// Most bytes that the tap held back after any piece.
    var mostHeld = 0

    /// Feeds the stream cut behind each of `cuts`, which rise.
    init(_ stream: Bytes, mode: StreamTap.Mode, cuts: [Int]) {
        var tap = StreamTap(mode: mode)
        var start = 0
        var withheld = 0
        for end in cuts.filter({ $0 < stream.count }) + [stream.count] {
            let piece = stream[start..<end]
            var position = 0
            repeat {
                let step = tap.onBytes(piece.span, from: position)
                precondition(step.next > position || piece.isEmpty, "the tap stands still")
                append(step.held)
                append(piece[step.relay])
                position = step.next
            } while position < piece.count
            withheld = end - relayed.count
            mostHeld = max(mostHeld, withheld)
            start = end
        }
        let rest = tap.finish()
        append(rest.held)
        ending = rest.ending
        facts = tap.facts
    }

    private mutating func append(_ bytes: Bytes) {
        unsafe bytes.withUnsafeBytes { unsafe relayed.append(contentsOf: $0) }
    }

    /// Cuts at random places, as `count` distances on average say.
    static func randomCuts(_ length: Int, every distance: Int, seed: UInt64) -> [Int] {
        var generator = SeededGenerator(seed: seed)
        var cuts: [Int] = []
        var place = 0
        while place < length {
            place += Int.random(in: 1...2 * distance, using: &generator)
            cuts.append(place)
        }
        return cuts
    }
}
