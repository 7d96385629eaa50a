// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import HTTP
import JSON

/// A stream's reader gets the same bytes, and we the same facts, however the stream is cut; while
/// observing, every byte passes.
///
/// Events that are no JSON may be kept out in one cut and pass in another: a glance is no parser.
enum FuzzStreamTap {
    static func check(_ input: Bytes) {
        let cuts = Cuts(input)
        for mode in [StreamTap.Mode.observe, .withhold] {
            let (whole, facts) = pass([cuts.text], mode)
            let (pieces, factsOfPieces) = pass(cuts.pieces, mode)
            if mode == .observe {
                demandEqual(whole, cuts.text, "observed whole")
                demandEqual(pieces, cuts.text, "observed in pieces")
            }
            if isSound(cuts.text) { demandEqual(pieces.map, whole.map, "streams cut differently") }
            demandEqual(factsOfPieces, facts, "facts of streams cut differently")
        }
    }

    /// Whether each event's data is JSON.
    private static func isSound(_ text: Bytes) -> Bool {
        var ended = ByteWriter()
        ended.append(text)
        ended.append("\n\n")
        let text = ended.finish()
        var parser = EventStreamParser()
        var offset = 0
        while true {
            let rest = text[offset..<text.count]
            let (consumed, event) = parser.next(rest.span)
            guard case .event(let found) = event else { return true }
            let data = parser.data(of: found, in: rest.span)
            guard data.equals("[DONE]") || (try? JSONScanner.validate(data)) != nil else {
                return false
            }
            offset += consumed
        }
    }

    private static func pass(_ pieces: [Bytes], _ mode: StreamTap.Mode) -> (Bytes, StreamFacts) {
        var tap = StreamTap(mode: mode)
        var output = ByteWriter()
        for piece in pieces {
            var position = 0
            while position < piece.count {
                let step = tap.onBytes(piece.span, from: position)
                demand(step.next > position, "a tap that makes no progress")
                demand(step.relay.lowerBound >= position, "bytes relayed twice")
                demand(step.relay.upperBound <= step.next, "bytes relayed before their time")
                output.append(step.held)
                output.append(piece[step.relay])
                position = step.next
            }
        }
        output.append(tap.finish().held)
        return (output.finish(), tap.facts)
    }
}
