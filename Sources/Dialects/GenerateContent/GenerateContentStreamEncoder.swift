// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Writes a Gemini stream, as server-sent events or as one JSON array.
///
/// Gemini has no pieces of a call: arguments are gathered until the call is whole.
public struct GenerateContentStreamEncoder: StreamEncoder {
    /// A call whose arguments still come.
    private struct Call {
        let choice: Int
        let index: Int
        let id: EscapedText?
        let name: EscapedText
        var arguments = EscapedText()
        var signature: EscapedText?
    }

    private let caller: CallerTraits
    private var head = AnswerHead()
    private var calls: [Call] = []
    private var callCount = 0
    private var endings: [(choice: Int, finish: Finish)] = []
    private var citations: [(choice: Int, citation: Citation)] = []
    private var usage: Usage?
    private var hasEvents = false
    private var isEnded = false

    public init(for caller: CallerTraits) { self.caller = caller }

    /// Appends what a frame becomes; an event of the same format goes as it came.
    public mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter) {
        guard !isEnded else { return }
        if let source = frame.source, source.format == .generateContent {
            if let payload = source.payload { echo(payload, &writer) }
            if case .finish? = frame.events.last(where: { $0.isFinish }) { isEchoEnded = true }
            return
        }
        for event in frame.events { append(event, frame.choice, &writer) }
    }

    /// Whether what was written as it came had its end in it.
    private var isEchoEnded = false

    /// Appends the end, unless the frames brought it.
    public mutating func finish(_ writer: inout ByteWriter) {
        guard !isEnded else { return }
        isEnded = true
        if !isEchoEnded {
            flushCalls(of: nil, &writer)
            if endings.isEmpty { endings.append((0, Finish(.stop))) }
            open(&writer)
            var json = JSONWriter(writer)
            writer = ByteWriter()
            json.beginObject()
            json.key("candidates")
            json.beginArray()
            for ending in endings { write(ending.finish, of: ending.choice, &json) }
            json.endArray()
            if let usage {
                json.key("usageMetadata")
                json.geminiUsage(usage)
            }
            json.geminiHead(head, caller)
            json.endObject()
            writer = json.intoWriter()
            close(&writer)
        }
        if caller.isArrayStream { writer.append(hasEvents ? "]" : "[]") }
    }

    /// Appends the error event, the last thing written.
    public mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        guard !isEnded else { return }
        isEnded = true
        if caller.isArrayStream {
            open(&writer)
            writer.append(error.encoded(for: .gemini))
            writer.append("]")
        } else {
            writer.append(error.streamEvent(for: .gemini))
        }
    }

    private mutating func append(
        _ event: StreamEvent, _ choice: Int, _ writer: inout ByteWriter
    ) {
        switch event {
        case .start(let head): self.head = head
        case .text(let text), .refusal(let text):
            flushCalls(of: choice, &writer)
            append(text, isThought: false, choice, &writer)
        case .reasoning(let text): append(text, isThought: true, choice, &writer)
        case .toolCall(let index, let id, let name):
            calls.append(Call(choice: choice, index: index, id: id, name: name))
        case .toolArguments(let index, let text):
            let place = calls.lastIndex { $0.choice == choice && $0.index == index }
            if let place { calls[place].arguments = calls[place].arguments + text }
        case .signature(let signature):
            if calls.isEmpty {
                sign(signature, isSealed: false, choice, &writer)
            } else {
                calls[calls.count - 1].signature = signature
            }
        case .sealedReasoning(let data): sign(data, isSealed: true, choice, &writer)
        case .citation(let whole):
            if let citation = Citation(whole) { citations.append((choice, citation)) }
        case .logprobs(let whole): appendOdds(whole, choice, &writer)
        case .media(let part): append(part, choice, &writer)
        case .finish(let finish):
            flushCalls(of: choice, &writer)
            endings.append((choice, finish))
        case .usage(let counts): usage = counts
        case .error(let error):
            fail(ErrorBody(status: error.status, message: error.message), &writer)
        case .done: finish(&writer)
        case .partStart, .partEnd, .ping, .foreign: break
        }
    }
}

// MARK: - Events

extension GenerateContentStreamEncoder {
    private mutating func echo(_ payload: Bytes, _ writer: inout ByteWriter) {
        if caller.isArrayStream {
            open(&writer)
            writer.append(payload)
        } else {
            hasEvents = true
            writer.append(eventData: payload.span, ending: "\r\n")
            writer.append("\r\n")
        }
    }

    /// What stands before an event's object.
    private mutating func open(_ writer: inout ByteWriter) {
        if caller.isArrayStream {
            writer.append(hasEvents ? ",\r\n" : "[")
        } else {
            writer.append("data: ")
        }
        hasEvents = true
    }

    private func close(_ writer: inout ByteWriter) {
        if !caller.isArrayStream { writer.append("\r\n\r\n") }
    }

    private mutating func append(
        _ text: EscapedText, isThought: Bool, _ choice: Int, _ writer: inout ByteWriter
    ) {
        guard !text.isEmpty else { return }
        var json = openPart(&writer)
        json.beginObject()
        json.member("text", text)
        if isThought {
            json.key("thought")
            json.bool(true)
        }
        json.endObject()
        closePart(json, choice, &writer)
    }

    private mutating func append(
        _ part: ContentPart, _ choice: Int, _ writer: inout ByteWriter
    ) {
        let source: MediaSource
        switch part.kind {
        case .image(let image, _): source = image
        case .audio(let other), .video(let other), .file(let other, _): source = other
        default: return
        }
        if case .stored = source { return }
        flushCalls(of: choice, &writer)
        var json = openPart(&writer)
        _ = json.geminiMedia(source)
        closePart(json, choice, &writer)
    }

    /// Writes the calls of a choice, which are whole by now; those of all choices for nil.
    private mutating func flushCalls(of choice: Int?, _ writer: inout ByteWriter) {
        guard !calls.isEmpty else { return }
        let whole = calls.filter { choice == nil || $0.choice == choice }
        calls.removeAll { choice == nil || $0.choice == choice }
        for call in whole {
            let made = ToolCall(
                id: call.id, name: call.name, arguments: call.arguments.decoded)
            var json = openPart(&writer)
            json.beginObject()
            json.key("functionCall")
            json.beginObject()
            json.member("id", call.id ?? ToolCallLedger.id(number: callCount))
            callCount += 1
            json.member("name", call.name)
            json.member("args", raw: made.lenientObject.onOneLine)
            json.endObject()
            if let signature = call.signature { json.member("thoughtSignature", signature) }
            json.endObject()
            closePart(json, call.choice, &writer)
        }
    }

    /// Begins an event, up to the inside of its list of parts.
    private mutating func openPart(_ writer: inout ByteWriter) -> JSONWriter {
        open(&writer)
        var json = JSONWriter(writer)
        writer = ByteWriter()
        json.beginObject()
        json.key("candidates")
        json.beginArray()
        json.beginObject()
        json.key("content")
        json.beginObject()
        json.key("parts")
        json.beginArray()
        return json
    }

    private func closePart(
        _ json: consuming JSONWriter, _ choice: Int, _ writer: inout ByteWriter
    ) {
        json.endArray()
        json.member("role", "model")
        json.endObject()
        json.member("index", choice)
        json.endObject()
        json.endArray()
        json.geminiHead(head, caller)
        json.endObject()
        writer = json.intoWriter()
        close(&writer)
    }

    private func write(_ finish: Finish, of choice: Int, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("content")
        json.beginObject()
        json.key("parts")
        json.beginArray()
        json.endArray()
        json.member("role", "model")
        json.endObject()
        json.member("finishReason", GenerateContentFinish.word(finish.reason))
        json.member("index", choice)
        // The text has passed: there is nothing to count places in.
        let cited = citations.filter { $0.choice == choice }.map { ($0.citation, 0, nil as Bytes?) }
        if !cited.isEmpty { Grounding.write(cited, to: &json) }
        json.endObject()
    }

    /// A thought's proof as a part of its own, which has no text.
    private mutating func sign(
        _ proof: EscapedText, isSealed: Bool, _ choice: Int, _ writer: inout ByteWriter
    ) {
        var json = openPart(&writer)
        json.beginObject()
        json.member("text", EscapedText())
        json.key("thought")
        json.bool(true)
        json.member(
            "thoughtSignature",
            OriginMark.text(proof, of: caller.provider, isSealed: isSealed, in: .generateContent))
        json.endObject()
        closePart(json, choice, &writer)
    }

    private mutating func appendOdds(
        _ whole: Bytes, _ choice: Int, _ writer: inout ByteWriter
    ) {
        guard let odds = TokenOdds.gemini(whole) else { return }
        var json = openPart(&writer)
        json.endArray()
        json.member("role", "model")
        json.endObject()
        json.member("logprobsResult", raw: odds.onOneLine)
        json.member("index", choice)
        json.endObject()
        json.endArray()
        json.geminiHead(head, caller)
        json.endObject()
        writer = json.intoWriter()
        close(&writer)
    }
}

extension StreamEvent {
    fileprivate var isFinish: Bool {
        if case .finish = self { true } else { false }
    }
}
