// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Reads the lines of an Ollama stream.
public struct OllamaStreamDecoder: StreamDecoder {
    private var isStarted = false
    private var callCount = 0

    public init() {}

    /// Reads one event, or one line.
    public mutating func frames(
        of data: Bytes, name: Span<UInt8>
    ) throws(ProviderError) -> [StreamFrame] {
        do throws(JSONFault) { _ = try JSONScanner.validate(data.span) } catch {
            throw .malformed(error)
        }
        let facts: OllamaFacts
        do throws(RequestFault) { facts = try OllamaFacts(ChatBody(data)) } catch {
            throw .malformed(error.message)
        }
        var frame = StreamFrame()
        frame.source = SourceEvent(format: .ollamaChat, payload: data)
        if facts.error != nil {
            frame.events = [.error(OllamaChatFormat.error(from: data, status: 500))]
            return [frame]
        }
        if !isStarted {
            isStarted = true
            var head = AnswerHead()
            head.model = facts.model
            frame.events.append(.start(head))
        }
        if let message = facts.message { append(message, to: &frame.events) }
        if let logprobs = facts.logprobs { frame.events.append(.logprobs(logprobs)) }
        if let finish = facts.finish(hasCalls: callCount > 0) {
            frame.events.append(.finish(finish))
        }
        if let usage = facts.usage { frame.events.append(.usage(usage)) }
        if facts.isDone { frame.events.append(.done) }
        return [frame]
    }

    private mutating func append(
        _ message: OllamaFacts.Message, to events: inout [StreamEvent]
    ) {
        if let thought = message.thought, !thought.isEmpty { events.append(.reasoning(thought)) }
        if let text = message.text, !text.isEmpty { events.append(.text(text)) }
        for call in message.calls {
            events.append(.toolCall(index: callCount, id: call.id, name: call.name))
            let arguments = EscapedText(escaping: call.arguments.span)
            events.append(.toolArguments(index: callCount, arguments))
            callCount += 1
        }
    }
}
