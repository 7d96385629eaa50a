// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Writes a Cohere stream: contents and calls that begin, grow and end, one after the other.
public struct CohereStreamEncoder: StreamEncoder {
    private let caller: CallerTraits
    private var head = AnswerHead()
    private var isStarted = false
    private var isEnded = false
    private var block: PartKind?
    private var contentCount = 0
    private var callCount = 0
    private var ending: Finish?
    private var usage: Usage?

    public init(for caller: CallerTraits) { self.caller = caller }

    /// Writes what one frame becomes.
    public mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter) {
        if let source = frame.source, source.format == .cohereChat {
            echo(frame, source, &writer)
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
        start(&writer)
        closeBlock(&writer)
        let word = CohereFinish.word(ending, hasCalls: callCount > 0)
        let usage = usage
        event("message-end", &writer) { json in
            json.key("delta")
            json.beginObject()
            json.member("finish_reason", word)
            CohereUsage.write(usage, into: &json)
            json.endObject()
        }
        writer.append("data: [DONE]\n\n")
    }

    /// Writes the error that ends a stream.
    public mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        guard !isEnded else { return }
        isEnded = true
        event("message-end", &writer) { json in
            json.key("delta")
            json.beginObject()
            json.member("finish_reason", "ERROR")
            json.key("error")
            json.string(error.message)
            json.endObject()
        }
    }

    /// Writes the event as it came; the last one ends the stream.
    private mutating func echo(
        _ frame: StreamFrame, _ source: SourceEvent, _ writer: inout ByteWriter
    ) {
        isStarted = true
        if case .done = frame.events.first { isEnded = true }
        if case .error = frame.events.first { isEnded = true }
        writer.append(source)
    }

    private mutating func append(_ event: StreamEvent, _ writer: inout ByteWriter) {
        switch event {
        case .start(let head):
            self.head = head
            start(&writer)
        case .partStart, .partEnd: closeBlock(&writer)
        case .text(let text), .refusal(let text): say(text, as: .text, &writer)
        case .reasoning(let text): say(text, as: .reasoning, &writer)
        case .toolCall(let index, let id, let name): startCall(index, id, name, &writer)
        case .toolArguments(let index, let text): grow(index, text, &writer)
        case .media(let part): if let link = part.markdown { say(link, as: .text, &writer) }
        case .finish(let finish): ending = finish
        case .usage(let counts): usage = counts
        case .error(let error):
            fail(ErrorBody(status: error.status, message: error.message), &writer)
        case .done: finish(&writer)
        case .signature, .sealedReasoning, .citation, .logprobs, .ping, .foreign: break
        }
    }
}

// MARK: - Events

extension CohereStreamEncoder {
    private mutating func start(_ writer: inout ByteWriter) {
        guard !isStarted else { return }
        isStarted = true
        let (head, caller) = (head, caller)
        event("message-start", &writer) { json in
            json.key("id")
            if let id = head.id { json.string(id) } else { json.string(caller.exchangeID) }
            json.deltaMessage { json in
                json.member("role", "assistant")
                json.member("content", raw: "[]")
                json.member("tool_plan", EscapedText())
                json.member("tool_calls", raw: "[]")
                json.member("citations", raw: "[]")
            }
        }
    }

    private mutating func say(
        _ text: EscapedText, as kind: PartKind, _ writer: inout ByteWriter
    ) {
        guard !text.isEmpty else { return }
        let isThought = kind == .reasoning
        if block != kind {
            start(&writer)
            closeBlock(&writer)
            block = kind
            contentCount += 1
            content("content-start", EscapedText(), isThought, isStart: true, &writer)
        }
        content("content-delta", text, isThought, isStart: false, &writer)
    }

    private func content(
        _ type: StaticString, _ text: EscapedText, _ isThought: Bool, isStart: Bool,
        _ writer: inout ByteWriter
    ) {
        event(type, &writer) { json in
            json.member("index", contentCount - 1)
            json.deltaMessage { json in
                json.key("content")
                json.beginObject()
                if isStart { json.member("type", isThought ? "thinking" : "text") }
                json.member(isThought ? "thinking" : "text", text)
                json.endObject()
            }
        }
    }

    private mutating func startCall(
        _ index: Int, _ id: EscapedText?, _ name: EscapedText, _ writer: inout ByteWriter
    ) {
        // Calls are counted without gaps; anything else is a mistake of the decoder's.
        guard index == callCount else { return }
        start(&writer)
        closeBlock(&writer)
        block = .toolCall
        callCount += 1
        let id = id.flatMap { $0.isEmpty ? nil : $0 } ?? ToolCallLedger.id(number: index)
        event("tool-call-start", &writer) { json in
            json.member("index", index)
            json.deltaMessage { json in
                json.key("tool_calls")
                json.beginObject()
                json.member("id", id)
                json.member("type", "function")
                json.key("function")
                json.beginObject()
                json.member("name", name)
                json.member("arguments", EscapedText())
                json.endObject()
                json.endObject()
            }
        }
    }

    private func grow(_ index: Int, _ text: EscapedText, _ writer: inout ByteWriter) {
        guard index < callCount, !text.isEmpty else { return }
        event("tool-call-delta", &writer) { json in
            json.member("index", index)
            json.deltaMessage { json in
                json.key("tool_calls")
                json.beginObject()
                json.key("function")
                json.beginObject()
                json.member("arguments", text)
                json.endObject()
                json.endObject()
            }
        }
    }

    private mutating func closeBlock(_ writer: inout ByteWriter) {
        guard let open = block else { return }
        block = nil
        let isCall = open == .toolCall
        let index = isCall ? callCount - 1 : contentCount - 1
        event(isCall ? "tool-call-end" : "content-end", &writer) { json in
            json.member("index", index)
        }
    }

    private func event(
        _ type: StaticString, _ writer: inout ByteWriter, _ rest: (inout JSONWriter) -> Void
    ) {
        writer.append("event: ")
        writer.append(type)
        writer.append("\ndata: ")
        writer.appendObject { json in
            json.member("type", type)
            rest(&json)
        }
        writer.append("\n\n")
    }
}

extension JSONWriter {
    /// `"delta":{"message":{…}}`.
    fileprivate mutating func deltaMessage(_ inner: (inout JSONWriter) -> Void) {
        key("delta")
        beginObject()
        key("message")
        beginObject()
        inner(&self)
        endObject()
        endObject()
    }
}
