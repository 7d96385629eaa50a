// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Reads the chunks of a streamed chat completion.
public struct ChatCompletionsDecoder: StreamDecoder {
    private var hasStarted = false
    private var calls = ToolCallPlaces()

    public init() {}

    /// Takes the payload of one event; see `StreamDecoder`.
    public mutating func frames(
        of data: Bytes, name: Span<UInt8>
    ) throws(ProviderError) -> [StreamFrame] {
        if data.span.equals("[DONE]") { return [Self.frame([.done], data)] }
        let frames: [StreamFrame]?
        do throws(JSONFault) { frames = try read(data) } catch { throw .malformed(error) }
        guard let frames else { throw .malformed("An event of the stream is no object.") }
        return frames
    }

    private static func frame(_ events: [StreamEvent], _ data: Bytes) -> StreamFrame {
        var frame = StreamFrame()
        frame.events = events
        frame.source = SourceEvent(format: .chatCompletions, payload: data)
        return frame
    }

    /// One pass, which validates as it reads; nil if the event is no object.
    private mutating func read(_ data: Bytes) throws(JSONFault) -> [StreamFrame]? {
        let body = ChatBody(data)
        var frame = Self.frame([], data)
        var more: [StreamFrame] = []
        var usage: Usage?
        var head = AnswerHead()
        var scanner = JSONScanner(data.span)
        guard try scanner.enterObject() else {
            _ = try scanner.value()
            try scanner.finish()
            return nil
        }
        while let key = try scanner.nextKey() {
            let name = data.span.extracting(key.content)
            if name.equals("choices"), try scanner.peekKind() == .array {
                try readChoices(&scanner, body, &frame, &more)
                continue
            }
            let value = try scanner.value()
            if name.equals("usage") {
                if value.kind == .object { usage = Usage(value, in: data.span) }
            } else if name.equals("x_groq") {
                if let inner = body.member("usage", of: value) {
                    usage = usage ?? Usage(inner, in: data.span)
                }
            } else if name.equals("error"), value.kind == .object || value.kind == .string {
                frame.events.append(.error(OpenAIErrorReader.inStream(data, value)))
            } else if !hasStarted {
                _ = head.take(JSONMember(key: key, value: value), body)
            }
        }
        try scanner.finish()
        if !hasStarted {
            hasStarted = true
            frame.events.insert(.start(head), at: 0)
        }
        // The counts are of all choices: behind them all.
        if more.isEmpty {
            if let usage { frame.events.append(.usage(usage)) }
            return [frame]
        }
        if let usage { more[more.count - 1].events.append(.usage(usage)) }
        return [frame] + more
    }

    private mutating func readChoices(
        _ scanner: inout JSONScanner, _ body: ChatBody, _ frame: inout StreamFrame,
        _ more: inout [StreamFrame]
    ) throws(JSONFault) {
        _ = try scanner.enterArray()
        var isFirst = true
        while try scanner.nextElement() {
            var reader = ChatCompletionsDeltaReader(body)
            try reader.read(&scanner, &calls)
            if isFirst {
                frame.choice = reader.choice
                if frame.events.isEmpty {
                    frame.events = reader.events
                } else {
                    frame.events += reader.events
                }
            } else {
                var other = StreamFrame()
                other.choice = reader.choice
                other.events = reader.events
                other.source = SourceEvent(format: .chatCompletions, payload: nil)
                more.append(other)
            }
            isFirst = false
        }
    }
}

/// Which of a choice's calls a delta goes on with; providers count them in several ways.
struct ToolCallPlaces {
    private struct Place {
        let choice: Int
        let wireIndex: Int
        let index: Int
        let id: EscapedText?
    }

    private var places: [Place] = []

    /// The number of the call that this delta belongs to, and whether it begins here.
    mutating func place(
        choice: Int, wireIndex: Int?, id: EscapedText?, hasName: Bool
    ) -> (index: Int, isNew: Bool) {
        let known = places.last { place in
            place.choice == choice && (wireIndex == nil || place.wireIndex == wireIndex)
        }
        if let known {
            // Some count every call as 0 and tell them apart by their ids alone.
            let isOther = hasName && id != nil && known.id != id
            if !isOther { return (known.index, false) }
        }
        var count = 0
        for place in places where place.choice == choice { count += 1 }
        places.append(
            Place(choice: choice, wireIndex: wireIndex ?? count, index: count, id: id))
        return (count, true)
    }
}
