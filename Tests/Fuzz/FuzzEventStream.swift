// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP

/// Events are the same however their stream is cut.
enum FuzzEventStream {
    static func check(_ input: Bytes) {
        let cuts = Cuts(input)
        demandEqual(events([cuts.text]), events(cuts.pieces), "events cut differently")
    }

    private static func events(_ pieces: [Bytes]) -> [String] {
        var parser = EventStreamParser(maxEventBytes: 1 << 20)
        var log: [String] = []
        for piece in pieces {
            var offset = 0
            reading: while true {
                let rest = piece[offset..<piece.count]
                let (consumed, event) = parser.next(rest.span)
                demand(consumed >= 0 && consumed <= rest.count, "more consumed than given")
                offset += consumed
                switch event {
                case .needMore:
                    demand(offset == piece.count, "input left unread")
                    break reading
                case .event(let event):
                    demand(consumed > 0, "an event of nothing")
                    let data = Bytes(copying: parser.data(of: event, in: rest.span))
                    let name = Bytes(copying: parser.name(of: event, in: rest.span))
                    demand(name.span.firstIndex(of: UInt8(ascii: "\n")) == nil, "a name's line")
                    log.append("\(name.map)|\(data.map)|\(parser.lastEventID.map)")
                case .failure(let fault):
                    log.append("\(fault)")
                    return log
                }
            }
        }
        log.append("retry \(parser.retryMilliseconds ?? -1)")
        return log
    }
}
