// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Writes an Ollama stream: one object a line; calls go out whole, when their arguments are.
public struct OllamaStreamEncoder: StreamEncoder {
    private let caller: CallerTraits
    private var head = AnswerHead()
    private var isEnded = false
    private var calls: [ToolCall] = []
    /// Calls that have gone out already.
    private var sentCalls = 0
    private var ending: Finish?
    private var usage: Usage?

    public init(for caller: CallerTraits) { self.caller = caller }

    /// Writes what one frame becomes.
    public mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter) {
        if let source = frame.source, source.format == .ollamaChat {
            if case .done = frame.events.last { isEnded = true }
            if case .error = frame.events.last { isEnded = true }
            guard let payload = source.payload else { return }
            writer.append(payload)
            writer.append("\n")
            return
        }
        // The format has room for one answer only.
        guard frame.choice == 0, !isEnded else { return }
        for event in frame.events { append(event, &writer) }
    }

    /// Writes the end of a complete stream.
    public mutating func finish(_ writer: inout ByteWriter) {
        guard !isEnded else { return }
        isEnded = true
        sendCalls(upTo: calls.count, &writer)
        line(&writer) { json in
            json.key("message")
            json.beginObject()
            json.member("role", "assistant")
            json.member("content", EscapedText())
            json.endObject()
            json.ollamaEnd(ending, usage)
        }
    }

    /// Writes the error that ends a stream.
    public mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        guard !isEnded else { return }
        isEnded = true
        writer.appendObject { json in
            json.key("error")
            json.string(error.message)
        }
        writer.append("\n")
    }

    private mutating func append(_ event: StreamEvent, _ writer: inout ByteWriter) {
        switch event {
        case .start(let head): self.head = head
        case .text(let text), .refusal(let text): say(text, &writer)
        case .reasoning(let text): say(text, isThought: true, &writer)
        case .toolCall(let index, let id, let name):
            guard index == calls.count else { return }
            sendCalls(upTo: index, &writer)
            calls.append(ToolCall(id: id, name: name, arguments: Bytes()))
        case .toolArguments(let index, let text):
            guard index >= sentCalls, index < calls.count else { return }
            calls[index].arguments = calls[index].arguments.appending(text.decoded)
        case .media(let part): if let link = part.markdown { say(link, &writer) }
        case .finish(let finish): ending = finish
        case .usage(let counts): usage = counts
        case .error(let error):
            fail(ErrorBody(status: error.status, message: error.message), &writer)
        case .done: finish(&writer)
        case .partStart, .partEnd, .signature, .sealedReasoning, .citation, .logprobs, .ping,
            .foreign:
            break
        }
    }

    private func say(
        _ text: EscapedText, isThought: Bool = false, _ writer: inout ByteWriter
    ) {
        guard !text.isEmpty else { return }
        line(&writer) { json in
            json.key("message")
            json.beginObject()
            json.member("role", "assistant")
            json.member("content", isThought ? EscapedText() : text)
            if isThought { json.member("thinking", text) }
            json.endObject()
            json.key("done")
            json.bool(false)
        }
    }

    private mutating func sendCalls(upTo end: Int, _ writer: inout ByteWriter) {
        guard sentCalls < end else { return }
        let ready = Array(calls[sentCalls..<end])
        sentCalls = end
        line(&writer) { json in
            json.key("message")
            json.beginObject()
            json.member("role", "assistant")
            json.member("content", EscapedText())
            OllamaCalls.write(ready, into: &json)
            json.endObject()
            json.key("done")
            json.bool(false)
        }
    }

    private func line(_ writer: inout ByteWriter, _ rest: (inout JSONWriter) -> Void) {
        writer.appendObject { json in
            json.ollamaHead(head, caller)
            rest(&json)
        }
        writer.append("\n")
    }
}

extension Bytes {
    /// These bytes and more behind them.
    func appending(_ more: Bytes) -> Bytes {
        guard !isEmpty else { return more }
        var writer = ByteWriter(capacity: count + more.count)
        writer.append(self)
        writer.append(more)
        return writer.finish()
    }
}
