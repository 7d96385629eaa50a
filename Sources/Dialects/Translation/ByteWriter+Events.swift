// SPDX-License-Identifier: Apache-2.0
import Core

extension ByteWriter {
    /// Appends an event as it came, with its name if it had one; nothing if it is not kept.
    mutating func append(_ source: SourceEvent) {
        guard let payload = source.payload else { return }
        if !source.name.isEmpty {
            append("event: ")
            append(source.name)
            append("\n")
        }
        append(eventData: payload.span, ending: "\n")
        append("\n")
    }

    /// Appends an event's payload as `data:` lines, as many as it has lines.
    mutating func append(eventData payload: Span<UInt8>, ending: StaticString) {
        var start = 0
        while true {
            let end = payload.indexOfLineBreak(from: start)
            append("data: ")
            append(payload.extracting(start..<end))
            append(ending)
            guard end < payload.count else { return }
            let isPair =
                payload[end] == 0x0D && end + 1 < payload.count && payload[end + 1] == 0x0A
            start = end + (isPair ? 2 : 1)
        }
    }
}
