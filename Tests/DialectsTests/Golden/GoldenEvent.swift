// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import HTTP
import JSON

/// One event of a stream: a server-sent one, a line, or an element of an array.
struct GoldenEvent: Sendable {
    var name = Bytes()
    var data: Bytes

    /// Cuts a stream into its events; a last one that is cut off is not among them.
    static func events(of stream: Bytes, format: WireFormat) -> [GoldenEvent] {
        if format == .ollamaChat { return lines(stream) }
        if format == .generateContent, stream.span.hasPrefix("[") {
            return GoldenJSON(stream).elements.map { GoldenEvent(data: $0.text) }
        }
        return serverSent(stream)
    }

    private static func lines(_ stream: Bytes) -> [GoldenEvent] {
        var events: [GoldenEvent] = []
        var start = 0
        while let end = stream.span.firstIndex(of: UInt8(ascii: "\n"), from: start) {
            if end > start { events.append(GoldenEvent(data: stream[start..<end])) }
            start = end + 1
        }
        // The last line may lack its line feed; half a line does not decode.
        let rest = stream[start..<stream.count]
        if (try? JSONScanner.validate(rest.span)) != nil { events.append(GoldenEvent(data: rest)) }
        return events
    }

    private static func serverSent(_ stream: Bytes) -> [GoldenEvent] {
        var parser = EventStreamParser()
        var events: [GoldenEvent] = []
        var position = 0
        while true {
            let input = stream[position..<stream.count]
            let step = parser.next(input.span)
            position += step.consumed
            guard case .event(let event) = step.event else { return events }
            let name = Bytes(copying: parser.name(of: event, in: input.span))
            let data = Bytes(copying: parser.data(of: event, in: input.span))
            events.append(GoldenEvent(name: name, data: data))
        }
    }
}
