// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Writes an Anthropic stream: a message of blocks that follow one another.
public struct MessagesStreamEncoder: StreamEncoder {
    private let caller: CallerTraits
    private var head = AnswerHead()
    private var isStarted = false
    private var isEnded = false
    /// What the open block is; its index is `blockCount - 1`.
    private var block: PartKind?
    private var blockCount = 0
    /// Whether the open thought has its proof.
    private var isSigned = false
    /// The block of each call, by the call's index.
    private var callBlocks: [Int] = []
    private var ending: Finish?
    private var usage: Usage?

    public init(for caller: CallerTraits) { self.caller = caller }

    /// Appends what a frame becomes; an event of the same format goes as it came.
    public mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter) {
        if let source = frame.source, source.format == .messages {
            echo(frame, source, &writer)
            return
        }
        // The format has room for one answer only.
        guard frame.choice == 0, !isEnded else { return }
        for event in frame.events {
            if case .usage(let counts) = event { usage = counts }
        }
        for event in frame.events { append(event, &writer) }
    }

    /// Appends the end, unless the frames brought it.
    public mutating func finish(_ writer: inout ByteWriter) {
        guard !isEnded else { return }
        isEnded = true
        start(&writer)
        closeBlock(&writer)
        var json = Self.open("message_delta", &writer)
        json.key("delta")
        json.beginObject()
        json.member("stop_reason", MessagesFinish.word(ending, hasCalls: !callBlocks.isEmpty))
        json.key("stop_sequence")
        if let met = ending?.stopSequence { json.string(met) } else { json.null() }
        json.endObject()
        json.key("usage")
        json.messagesUsage(usage)
        writer = Self.close(json)
        writer = Self.close(Self.open("message_stop", &writer))
    }

    /// Appends the error event, the last thing written.
    public mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        guard !isEnded else { return }
        isEnded = true
        writer.append(error.streamEvent(for: .anthropic))
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
        case .text(let text), .refusal(let text): append(text: text, &writer)
        case .reasoning(let text):
            guard !text.isEmpty else { return }
            openBlock(.reasoning, &writer)
            delta("thinking_delta", "thinking", text, blockCount - 1, &writer)
        case .signature(let signature):
            // A call has no place for a proof.
            guard block != .toolCall, !signature.isEmpty else { return }
            openBlock(.reasoning, &writer)
            sign(signature, &writer)
        case .sealedReasoning(let data): append(sealed: data, &writer)
        case .toolCall(let index, let id, let name): startCall(index, id, name, &writer)
        case .toolArguments(let index, let text):
            guard index < callBlocks.count, !text.isEmpty else { return }
            delta("input_json_delta", "partial_json", text, callBlocks[index], &writer)
        case .media(let part):
            if let link = part.markdown { append(text: link, &writer) }
        case .finish(let finish): ending = finish
        case .error(let error):
            fail(ErrorBody(status: error.status, message: error.message), &writer)
        case .ping:
            start(&writer)
            writer = Self.close(Self.open("ping", &writer))
        case .done: finish(&writer)
        case .citation(let whole): cite(whole, &writer)
        case .usage, .logprobs, .foreign: break
        }
    }

    /// The first piece says whose proof it is.
    private mutating func sign(_ signature: EscapedText, _ writer: inout ByteWriter) {
        let text =
            isSigned
            ? signature : OriginMark.text(signature, of: caller.provider, in: .messages)
        isSigned = true
        delta("signature_delta", "signature", text, blockCount - 1, &writer)
    }

    private mutating func cite(_ whole: Bytes, _ writer: inout ByteWriter) {
        guard let citation = Citation(whole) else { return }
        openBlock(.text, &writer)
        var json = Self.open("content_block_delta", &writer)
        json.member("index", blockCount - 1)
        json.key("delta")
        json.beginObject()
        json.member("type", "citations_delta")
        json.key("citation")
        citation.writeMessages(&json, of: caller.provider)
        json.endObject()
        writer = Self.close(json)
    }

    private mutating func append(text: EscapedText, _ writer: inout ByteWriter) {
        guard !text.isEmpty else { return }
        openBlock(.text, &writer)
        delta("text_delta", "text", text, blockCount - 1, &writer)
    }
}

// MARK: - Events

extension MessagesStreamEncoder {
    private mutating func start(_ writer: inout ByteWriter) {
        guard !isStarted else { return }
        isStarted = true
        var json = Self.open("message_start", &writer)
        json.key("message")
        json.beginObject()
        json.messagesHead(head, caller)
        json.key("content")
        json.beginArray()
        json.endArray()
        json.key("stop_reason")
        json.null()
        json.key("stop_sequence")
        json.null()
        json.key("usage")
        json.messagesUsage(usage)
        json.endObject()
        writer = Self.close(json)
    }

    /// Opens a block of text or thought unless one runs.
    private mutating func openBlock(_ kind: PartKind, _ writer: inout ByteWriter) {
        guard block != kind else { return }
        var json = startBlock(kind, &writer)
        if kind == .text {
            json.member("type", "text")
            json.member("text", EscapedText())
        } else {
            json.member("type", "thinking")
            json.member("thinking", EscapedText())
            json.member("signature", EscapedText())
        }
        json.endObject()
        writer = Self.close(json)
    }

    private mutating func startCall(
        _ index: Int, _ id: EscapedText?, _ name: EscapedText, _ writer: inout ByteWriter
    ) {
        // Calls are counted without gaps; anything else is a mistake of the decoder's.
        guard index == callBlocks.count else { return }
        var json = startBlock(.toolCall, &writer)
        callBlocks.append(blockCount - 1)
        json.member("type", "tool_use")
        let id = id.flatMap { $0.isEmpty ? nil : $0 } ?? ToolCallLedger.id(number: index)
        json.member("id", id.plainID)
        json.member("name", name)
        json.key("input")
        json.beginObject()
        json.endObject()
        json.endObject()
        writer = Self.close(json)
    }

    private mutating func append(sealed data: EscapedText, _ writer: inout ByteWriter) {
        var json = startBlock(.sealedReasoning, &writer)
        json.member("type", "redacted_thinking")
        json.member(
            "data", OriginMark.text(data, of: caller.provider, isSealed: true, in: .messages))
        json.endObject()
        writer = Self.close(json)
        closeBlock(&writer)
    }

    /// Begins the event that opens a block, up to the inside of the block.
    private mutating func startBlock(
        _ kind: PartKind, _ writer: inout ByteWriter
    ) -> JSONWriter {
        start(&writer)
        closeBlock(&writer)
        block = kind
        var json = Self.open("content_block_start", &writer)
        json.member("index", blockCount)
        blockCount += 1
        json.key("content_block")
        json.beginObject()
        return json
    }

    private mutating func closeBlock(_ writer: inout ByteWriter) {
        guard let open = block else { return }
        // A thought that nobody has signed must not come back as one of Anthropic's.
        if open == .reasoning, !isSigned, caller.provider != nil { sign(EscapedText(), &writer) }
        isSigned = false
        block = nil
        var json = Self.open("content_block_stop", &writer)
        json.member("index", blockCount - 1)
        writer = Self.close(json)
    }

    private func delta(
        _ type: StaticString, _ name: StaticString, _ text: EscapedText, _ index: Int,
        _ writer: inout ByteWriter
    ) {
        var json = Self.open("content_block_delta", &writer)
        json.member("index", index)
        json.key("delta")
        json.beginObject()
        json.member("type", type)
        json.member(name, text)
        json.endObject()
        writer = Self.close(json)
    }

    private static func open(
        _ type: StaticString, _ writer: inout ByteWriter
    ) -> JSONWriter {
        writer.append("event: ")
        writer.append(type)
        writer.append("\ndata: ")
        var json = JSONWriter(writer)
        writer = ByteWriter()
        json.beginObject()
        json.member("type", type)
        return json
    }

    private static func close(_ json: consuming JSONWriter) -> ByteWriter {
        json.endObject()
        var writer = json.intoWriter()
        writer.append("\n\n")
        return writer
    }
}
