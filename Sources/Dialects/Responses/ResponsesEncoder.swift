// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Writes the events of a streamed response.
///
/// The last events repeat the whole answer, so its text is kept until then: memory grows with the
/// answer and no faster.
public struct ResponsesEncoder: StreamEncoder {
    let caller: CallerTraits
    private var head = AnswerHead()
    private var hasStarted = false
    private var isRelay = false
    private var finish = Finish(.stop)
    private var usage: Usage?
    /// Those of the text that comes next.
    private var odds: Bytes?
    var sequence = 0
    var itemCount = 0
    var open = ResponsesOpenItem.none
    /// Finished items, as the elements of a JSON array without its brackets.
    var output = TextPile()

    public init(for caller: CallerTraits) { self.caller = caller }

    /// Appends what the frame becomes; see `StreamEncoder`.
    public mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter) {
        if let source = frame.source, source.format == .responses {
            relay(source, &writer)
            return
        }
        // A response has one answer only.
        guard frame.choice == 0 else {
            for case .usage(let counts) in frame.events { usage = counts }
            return
        }
        // Probabilities come behind their text, and go out with it.
        for case .logprobs(let whole) in frame.events { odds = TokenOdds.list(whole) }
        for event in frame.events { append(event, &writer) }
        guard odds != nil else { return }
        appendText(EscapedText(), odds: odds, isRefusal: false, &writer)
        odds = nil
    }

    /// Appends the last events of a complete stream.
    public mutating func finish(_ writer: inout ByteWriter) {
        guard !isRelay else { return }
        begin(&writer)
        closeItem(&writer)
        let state = ResponseState(head, finish: finish, usage: usage)
        let isWhole = state.incompleteReason == nil
        let response = ResponsesAnswerWriter(caller)
        let items = output.array
        event(isWhole ? "response.completed" : "response.incomplete", &writer) { json in
            json.key("response")
            response.write(state, output: items, to: &json)
        }
    }

    /// Appends an error event, which makes OpenAI's clients raise.
    public mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        // OpenAI's clients raise an exception for an event that has an `error` member.
        let body = error.encoded(for: .openAI)
        event("error", &writer) { json in
            json.key("code")
            if let code = error.code { json.string(code) } else { json.null() }
            json.key("message")
            json.string(error.message)
            json.key("param")
            if let param = error.param { json.string(param) } else { json.null() }
            let inner = ChatBody(body).member("error", of: body.root(.object))
            if let inner { json.member("error", raw: body[inner.range]) }
        }
    }

    // MARK: - Private

    private mutating func relay(_ source: SourceEvent, _ writer: inout ByteWriter) {
        isRelay = true
        sequence += 1
        writer.append(source)
    }

    private mutating func append(_ event: StreamEvent, _ writer: inout ByteWriter) {
        switch event {
        case .start(let head):
            self.head = head
            begin(&writer)
        case .text(let text):
            appendText(text, odds: odds, isRefusal: false, &writer)
            odds = nil
        case .refusal(let text): appendText(text, isRefusal: true, &writer)
        case .reasoning(let text): appendThought(text, &writer)
        case .signature(let text): sign(text, &writer)
        case .sealedReasoning(let data): appendSealed(data, &writer)
        case .toolCall(let index, let id, let name): beginCall(index, id, name, &writer)
        case .toolArguments(let index, let text): appendArguments(index, text, &writer)
        case .citation(let whole): appendCitation(whole, &writer)
        case .media(let part): appendMedia(part, &writer)
        case .finish(let finish): self.finish = finish
        case .usage(let counts): usage = counts
        case .ping: writer.append(": ping\n\n")
        case .partEnd: if open.isThought { closeItem(&writer) }
        case .partStart, .logprobs, .error, .foreign, .done: break
        }
    }

    mutating func begin(_ writer: inout ByteWriter) {
        guard !hasStarted else { return }
        hasStarted = true
        let state = ResponseState(begun: head)
        let response = ResponsesAnswerWriter(caller)
        for name: StaticString in ["response.created", "response.in_progress"] {
            event(name, &writer) { json in
                json.key("response")
                response.write(state, output: "[]", to: &json)
            }
        }
    }

    /// Writes one event with its number; the closure adds its members.
    mutating func event(
        _ name: StaticString, _ writer: inout ByteWriter,
        _ members: (inout JSONWriter) -> Void
    ) {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.member("type", name)
        json.member("sequence_number", sequence)
        members(&json)
        json.endObject()
        sequence += 1
        writer.append("event: ")
        writer.append(name)
        writer.append("\ndata: ")
        writer.append(json.finish())
        writer.append("\n\n")
    }

    /// The delta event, which is nearly all of a stream: written without a detour.
    mutating func delta(
        _ name: StaticString, _ place: ResponsesPlace, _ text: EscapedText,
        odds: Bytes? = nil, _ writer: inout ByteWriter
    ) {
        writer.append("event: ")
        writer.append(name)
        writer.append("\ndata: {\"type\":\"")
        writer.append(name)
        writer.append("\",\"sequence_number\":")
        writer.append(decimal: sequence)
        sequence += 1
        writer.append(",\"item_id\":\"")
        writer.append(place.itemID.raw)
        writer.append("\",\"output_index\":")
        writer.append(decimal: place.outputIndex)
        if let index = place.inner {
            writer.append(place.isSummary ? ",\"summary_index\":" : ",\"content_index\":")
            writer.append(decimal: index)
        }
        writer.append(",\"delta\":\"")
        writer.append(text.raw)
        if let odds, place.hasLogprobs {
            writer.append("\",\"logprobs\":")
            writer.append(odds.onOneLine)
            writer.append("}\n\n")
        } else {
            writer.append(place.hasLogprobs ? "\",\"logprobs\":[]}\n\n" : "\"}\n\n")
        }
    }
}
