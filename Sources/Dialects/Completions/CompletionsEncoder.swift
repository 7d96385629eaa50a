// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Writes the chunks of a streamed completion of the older kind.
public struct CompletionsEncoder: StreamEncoder {
    private let caller: CallerTraits
    private var head = AnswerHead()
    private var usage: Usage?

    public init(for caller: CallerTraits) { self.caller = caller }

    /// Appends the frame's text and end; thoughts and calls have no place in it.
    public mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter) {
        for event in frame.events {
            switch event {
            case .start(let head): self.head = head
            case .text(let text): append(frame.choice, text, nil, &writer)
            case .finish(let finish):
                append(frame.choice, EscapedText(), finish.reason, &writer)
            case .usage(let counts): usage = counts
            case .ping: writer.append(": ping\n\n")
            default: break
            }
        }
    }

    /// Appends the usage, if it is wanted, and the end.
    public mutating func finish(_ writer: inout ByteWriter) {
        if caller.includesUsage, let usage {
            var json = begin(&writer)
            json.endArray()
            json.key("usage")
            json.completionsUsage(usage)
            end(json, &writer)
        }
        writer.append("data: [DONE]\n\n")
    }

    /// Appends an error event, which makes OpenAI's clients raise.
    public mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        writer.append(error.streamEvent(for: .openAI))
    }

    private func append(
        _ choice: Int, _ text: EscapedText, _ finish: FinishReason?, _ writer: inout ByteWriter
    ) {
        var json = begin(&writer)
        CompletionsFormat.write(choice, text, finish, &json)
        json.endArray()
        end(json, &writer)
    }

    private func begin(_ writer: inout ByteWriter) -> JSONWriter {
        writer.append("data: ")
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        CompletionsFormat.writeHead(head, caller, &json)
        json.key("choices")
        json.beginArray()
        return json
    }

    private func end(_ json: consuming JSONWriter, _ writer: inout ByteWriter) {
        json.endObject()
        writer.append(json.finish())
        writer.append("\n\n")
    }
}
