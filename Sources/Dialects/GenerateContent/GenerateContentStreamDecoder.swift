// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Reads the events of a Gemini stream, each of which is a small answer.
public struct GenerateContentStreamDecoder: StreamDecoder {
    private var isStarted = false
    /// How many calls each choice has made.
    private var callCounts: [Int: Int] = [:]

    public init() {}

    /// Takes one event; throws for what is no event of this format.
    public mutating func frames(
        of data: Bytes, name: Span<UInt8>
    ) throws(ProviderError) -> [StreamFrame] {
        var reader = GenerateContentEventReader(data)
        let isObject: Bool
        do throws(JSONFault) { isObject = try reader.read() } catch { throw .malformed(error) }
        guard isObject else {
            throw .malformed("An event of the provider's stream is no object.")
        }
        var first = StreamFrame()
        first.events.reserveCapacity(4)
        first.source = SourceEvent(
            format: .generateContent, name: Bytes(copying: name), payload: data)
        guard !reader.hasError else {
            first.events = [.error(GenerateContentErrorReader.read(data, status: 0))]
            return [first]
        }
        if let fault = reader.fault { throw .malformed(fault.message) }
        let answer = reader.answer
        if !isStarted {
            isStarted = true
            first.events.append(.start(answer.head))
        }
        return frames(of: answer, first)
    }

    private mutating func frames(
        of answer: ChatAnswer, _ first: StreamFrame
    ) -> [StreamFrame] {
        var frames = [first]
        for (place, choice) in answer.choices.enumerated() {
            if place > 0 {
                var frame = StreamFrame()
                frame.source = SourceEvent(format: .generateContent, payload: nil)
                frames.append(frame)
            }
            frames[place].choice = choice.index
            append(choice, to: &frames[place].events)
        }
        if let usage = answer.usage { frames[frames.count - 1].events.append(.usage(usage)) }
        return frames
    }

    private mutating func append(_ choice: AnswerChoice, to events: inout [StreamEvent]) {
        for part in choice.parts { append(part, of: choice.index, to: &events) }
        for citation in choice.citations { events.append(.citation(citation)) }
        if let logprobs = choice.logprobs { events.append(.logprobs(logprobs)) }
        guard var finish = choice.finish else { return }
        if finish.reason == .stop, callCounts[choice.index] != nil { finish.reason = .toolCalls }
        events.append(.finish(finish))
    }

    private mutating func append(
        _ part: ContentPart, of choice: Int, to events: inout [StreamEvent]
    ) {
        switch part.kind {
        case .text(let text), .refusal(let text): events.append(.text(text))
        case .reasoning(let thought):
            if let text = thought.text { events.append(.reasoning(text)) }
            if let signature = thought.signature { events.append(.signature(signature)) }
            if let sealed = thought.sealed { events.append(.sealedReasoning(sealed)) }
        case .toolCall(let call):
            let index = callCounts[choice, default: 0]
            callCounts[choice] = index + 1
            events.append(.toolCall(index: index, id: call.id, name: call.name))
            let arguments = call.arguments.isEmpty ? "{}" : call.arguments
            events.append(
                .toolArguments(index: index, EscapedText(escaping: arguments.span)))
            if let signature = call.signature { events.append(.signature(signature)) }
        case .image, .audio, .video, .file: events.append(.media(part))
        case .foreign(let type, let whole): events.append(.foreign(type: type, json: whole))
        case .toolResult: break
        }
    }
}
