// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Writes the chunks of a streamed chat completion.
public struct ChatCompletionsEncoder: StreamEncoder {
    private let caller: CallerTraits
    /// `data: {"id": …, "choices":[{"index":`, the same in every chunk.
    private var prefix = Bytes()
    private var choices = ChoiceFlags()
    private var usage: Usage?
    /// True once events of the own format went through, which bring their own usage.
    private var isRelay = false
    /// The call that a signature belongs to, if one ran last.
    private var runningCall: Int?

    public init(for caller: CallerTraits) { self.caller = caller }

    /// Appends what the frame becomes; see `StreamEncoder`.
    public mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter) {
        if let source = frame.source, source.format == .chatCompletions {
            relay(source, frame, &writer)
            return
        }
        for event in frame.events { append(event, choice: frame.choice, &writer) }
    }

    /// Appends the last events of a complete stream.
    public mutating func finish(_ writer: inout ByteWriter) {
        if !isRelay {
            if !choices.anyFinished { appendFinish(Finish(.stop), choice: 0, &writer) }
            if caller.includesUsage, let usage { append(usage, &writer) }
        }
        writer.append("data: [DONE]\n\n")
    }

    public mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        writer.append(error.streamEvent(for: .openAI))
    }

    // MARK: - Private

    private mutating func relay(
        _ source: SourceEvent, _ frame: StreamFrame, _ writer: inout ByteWriter
    ) {
        isRelay = true
        guard let payload = source.payload, !payload.span.equals("[DONE]") else { return }
        if !caller.includesUsage, frame.events.count == 1, case .usage = frame.events[0] {
            let root = JSONSlice(kind: .object, range: 0..<payload.count)
            let list = ChatBody(payload).member("choices", of: root)
            if list?.isEmptyList(in: payload.span) == true { return }
        }
        writer.append(eventData: payload.span, ending: "\n")
        writer.append("\n")
    }

    private mutating func append(
        _ event: StreamEvent, choice: Int, _ writer: inout ByteWriter
    ) {
        switch event {
        case .start(let head): prefix = Self.prefix(head, caller)
        case .text(let text): appendText(text, "\"content\":\"", choice, &writer)
        case .reasoning(let text):
            runningCall = nil
            appendText(text, "\"reasoning_content\":\"", choice, &writer)
        case .refusal(let text): appendText(text, "\"refusal\":\"", choice, &writer)
        case .toolCall(let index, let id, let name):
            appendCall(index, id, name, choice, &writer)
        case .toolArguments(let index, let text):
            appendArguments(index, text, choice, &writer)
        case .finish(let finish): appendFinish(finish, choice: choice, &writer)
        case .usage(let counts): usage = counts
        case .ping: writer.append(": ping\n\n")
        case .signature, .sealedReasoning, .citation, .logprobs, .media:
            appendRare(event, choice, &writer)
        case .partStart, .partEnd, .error, .foreign, .done: break
        }
    }

    private static func prefix(_ head: AnswerHead, _ caller: CallerTraits) -> Bytes {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.key("id")
        json.completionID(head.id, caller)
        json.member("object", "chat.completion.chunk")
        json.member("created", head.created ?? caller.now)
        json.member("model", head.model ?? caller.model)
        if let tier = head.serviceTier, tier.isOpenAITier { json.member("service_tier", tier) }
        if let text = head.fingerprint { json.member("system_fingerprint", text) }
        json.endObject()
        let object = json.finish()
        var writer = ByteWriter(capacity: object.count + 32)
        writer.append("data: ")
        writer.append(object.prefix(object.count - 1))
        writer.append(",\"choices\":[")
        return writer.finish()
    }

    private mutating func begin(_ choice: Int, _ writer: inout ByteWriter) {
        if prefix.isEmpty { prefix = Self.prefix(AnswerHead(), caller) }
        writer.append(prefix)
        writer.append("{\"index\":")
        writer.append(decimal: choice)
        writer.append(",\"delta\":{")
    }

    /// Begins a delta with something in it; the first one of a choice names the role.
    private mutating func beginDelta(_ choice: Int, _ writer: inout ByteWriter) {
        begin(choice, &writer)
        if choices.start(choice) { writer.append("\"role\":\"assistant\",") }
    }

    private func end(_ writer: inout ByteWriter, word: StaticString? = nil) {
        writer.append("},\"finish_reason\":")
        if let word {
            writer.append("\"")
            writer.append(word)
            writer.append("\"}]")
        } else {
            writer.append("null}]")
        }
        writer.append(caller.includesUsage ? ",\"usage\":null}\n\n" : "}\n\n")
    }

    private mutating func appendText(
        _ text: EscapedText, _ name: StaticString, _ choice: Int, _ writer: inout ByteWriter
    ) {
        beginDelta(choice, &writer)
        writer.append(name)
        writer.append(text.raw)
        writer.append("\"")
        end(&writer)
    }

    private mutating func appendCall(
        _ index: Int, _ id: EscapedText?, _ name: EscapedText, _ choice: Int,
        _ writer: inout ByteWriter
    ) {
        runningCall = index
        choices.noteCall(choice)
        beginDelta(choice, &writer)
        writer.append("\"tool_calls\":[{\"index\":")
        writer.append(decimal: index)
        writer.append(",\"id\":\"")
        writer.append((id ?? caller.callID(number: index)).raw)
        writer.append("\",\"type\":\"function\",\"function\":{\"name\":\"")
        writer.append(name.raw)
        writer.append("\",\"arguments\":\"\"}}]")
        end(&writer)
    }

    private mutating func appendArguments(
        _ index: Int, _ text: EscapedText, _ choice: Int, _ writer: inout ByteWriter
    ) {
        beginDelta(choice, &writer)
        writer.append("\"tool_calls\":[{\"index\":")
        writer.append(decimal: index)
        writer.append(",\"function\":{\"arguments\":\"")
        writer.append(text.raw)
        writer.append("\"}}]")
        end(&writer)
    }

    private mutating func appendFinish(
        _ finish: Finish, choice: Int, _ writer: inout ByteWriter
    ) {
        guard choices.finish(choice) else { return }
        begin(choice, &writer)
        // A choice that said nothing still has to name its role.
        if choices.start(choice) { writer.append("\"role\":\"assistant\",\"content\":\"\"") }
        end(&writer, word: finish.reason.completionsWord(hasCalls: choices.hasCalls(choice)))
    }

    private func append(_ usage: Usage, _ writer: inout ByteWriter) {
        writer.append(prefix.isEmpty ? Self.prefix(AnswerHead(), caller) : prefix)
        writer.append("],\"usage\":")
        var json = JSONWriter(capacity: 200)
        json.completionsUsage(usage)
        writer.append(json.finish())
        writer.append("}\n\n")
    }

    private mutating func appendRare(
        _ event: StreamEvent, _ choice: Int, _ writer: inout ByteWriter
    ) {
        var json = JSONWriter(capacity: 256)
        let isSaid = StreamExtra.write(
            event, runningCall: runningCall, of: caller.provider, to: &json)
        guard isSaid else { return }
        let object = json.finish().onOneLine
        if case .logprobs = event {
            begin(choice, &writer)
            writer.append("},\"logprobs\":")
            writer.append(object)
            writer.append(",\"finish_reason\":null}]")
            writer.append(caller.includesUsage ? ",\"usage\":null}\n\n" : "}\n\n")
            return
        }
        beginDelta(choice, &writer)
        writer.append(object[1..<object.count - 1])
        end(&writer)
    }
}

/// What is known of each choice of a stream; OpenAI allows 128 of them.
struct ChoiceFlags {
    private var started: UInt128 = 0
    private var finished: UInt128 = 0
    private var calling: UInt128 = 0

    var anyFinished: Bool { finished != 0 }

    private func bit(_ choice: Int) -> UInt128 { 1 << UInt128(min(choice, 127)) }

    /// True the first time.
    mutating func start(_ choice: Int) -> Bool {
        defer { started |= bit(choice) }
        return started & bit(choice) == 0
    }

    /// True the first time.
    mutating func finish(_ choice: Int) -> Bool {
        defer { finished |= bit(choice) }
        return finished & bit(choice) == 0
    }

    mutating func noteCall(_ choice: Int) { calling |= bit(choice) }

    func hasCalls(_ choice: Int) -> Bool { calling & bit(choice) != 0 }
}
