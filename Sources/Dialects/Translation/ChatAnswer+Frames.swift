// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

extension ChatAnswer {
    /// The answer as a stream would have told it.
    var frames: [StreamFrame] {
        var frames: [StreamFrame] = [Self.frame([.start(head)])]
        for choice in choices {
            var calls = 0
            for part in choice.parts {
                frames.append(Self.frame(Self.events(of: part, call: calls), choice.index))
                if case .toolCall = part.kind { calls += 1 }
            }
            if let odds = choice.logprobs {
                frames.append(Self.frame([.logprobs(odds)], choice.index))
            }
            if let finish = choice.finish {
                frames.append(Self.frame([.finish(finish)], choice.index))
            }
        }
        if let usage { frames.append(Self.frame([.usage(usage)])) }
        frames.append(Self.frame([.done]))
        return frames
    }

    private static func frame(_ events: [StreamEvent], _ choice: Int = 0) -> StreamFrame {
        var frame = StreamFrame()
        frame.choice = choice
        frame.events = events
        return frame
    }

    private static func events(of part: ContentPart, call: Int) -> [StreamEvent] {
        switch part.kind {
        case .text(let text):
            let citations = part.citations.map { StreamEvent.citation($0) }
            return [.partStart(.text), .text(text)] + citations + [.partEnd]
        case .refusal(let text): return [.partStart(.refusal), .refusal(text), .partEnd]
        case .reasoning(let thought): return events(of: thought)
        case .toolCall(let made):
            let arguments = EscapedText(escaping: made.arguments.span)
            let proof = made.signature.map { [StreamEvent.signature($0)] } ?? []
            return [
                .partStart(.toolCall), .toolCall(index: call, id: made.id, name: made.name),
                .toolArguments(index: call, arguments),
            ] + proof + [.partEnd]
        case .foreign(let type, let json): return [.foreign(type: type, json: json)]
        case .image, .audio, .video, .file, .toolResult: return [.media(part)]
        }
    }

    private static func events(of thought: Thought) -> [StreamEvent] {
        if let sealed = thought.sealed { return [.sealedReasoning(sealed)] }
        var events: [StreamEvent] = [.partStart(.reasoning)]
        if let text = thought.text { events.append(.reasoning(text)) }
        if let signature = thought.signature { events.append(.signature(signature)) }
        return events + [.partEnd]
    }
}
