// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// What of a provider's answer the caller's format cannot say.
///
/// One place knows it for all formats; the matrix holds it against what the encoders really write.
struct AnswerLosses: Sendable {
    private let format: WireFormat
    private(set) var notes = TranslationNotes()
    /// Whether a stream's last step was one of a call, so that a proof is the call's.
    private var isCalling = false

    init(in format: WireFormat) { self.format = format }

    // MARK: - Whole answers

    /// Notes what a whole answer loses.
    mutating func take(_ answer: ChatAnswer) {
        guard answer.extras.origin != format else { return }
        // A response repeats its request beside its answer.
        if answer.extras.origin != .responses { lose(answer.extras) }
        for choice in answer.choices {
            guard take(choice: choice.index) else { continue }
            lose(choice.extras)
            lose(choice.messageExtras)
            if let odds = choice.logprobs { take(.logprobs(odds), choice: choice.index) }
            for part in choice.parts { take(part, choice.index) }
        }
    }

    private mutating func take(_ part: ContentPart, _ choice: Int) {
        lose(part.extras)
        for citation in part.citations { take(.citation(citation), choice: choice) }
        switch part.kind {
        case .toolCall(let call): if call.signature != nil { loseCallSignature() }
        case .reasoning(let thought):
            isCalling = false
            if let text = thought.signature, !text.isEmpty {
                take(.signature(text), choice: choice)
            }
            if let text = thought.sealed { take(.sealedReasoning(text), choice: choice) }
        case .foreign(let type, let whole):
            take(.foreign(type: type, json: whole), choice: choice)
        case .image, .audio, .video, .file: take(.media(part), choice: choice)
        case .text, .refusal, .toolResult: break
        }
    }

    /// Members of the provider's own, but for what says nothing or was said in another way.
    private mutating func lose(_ extras: Extras) {
        for member in extras.members where !member.isCovered && !member.name.isEmpty {
            guard !member.value.isNothing, !Self.isSaid(member.name) else { continue }
            lose(member.name)
        }
    }

    private static func isSaid(_ name: EscapedText) -> Bool {
        name.equals("object") || name.equals("type") || name.equals("role")
            || name.equals("status") || name.equals("delta") || name.equals("index")
            || name.equals("annotations") || name.equals("citations")
            || name.equals("search_results")
    }

    // MARK: - Events

    /// Notes what a stream's frame loses.
    mutating func take(_ frame: StreamFrame) {
        guard frame.source?.format != format else { return }
        for event in frame.events { take(event, choice: frame.choice) }
    }

    private mutating func take(_ event: StreamEvent, choice: Int) {
        switch event {
        case .text, .reasoning, .refusal:
            isCalling = false
            if choice > 0 { _ = take(choice: choice) }
        case .toolCall, .toolArguments:
            isCalling = true
            if choice > 0 { _ = take(choice: choice) }
        case .citation(let whole):
            let isKnown = format != .ollamaChat && format != .cohereChat
            if !isKnown || Citation(whole) == nil { lose("answer.citations" as StaticString) }
        case .logprobs(let whole): if !says(odds: whole) { lose("answer.logprobs" as StaticString) }
        case .signature, .sealedReasoning:
            if isCalling { return loseCallSignature() }
            if format == .ollamaChat || format == .cohereChat {
                lose("answer.signature" as StaticString)
            }
        case .media(let part): if !says(part) { lose("answer.media" as StaticString) }
        case .foreign(let type, _): lose(type)
        case .start, .partStart, .partEnd, .finish, .usage, .error, .ping, .done: break
        }
    }

    /// A call's proof, which only two formats have a place for.
    mutating func loseCallSignature() {
        if format != .chatCompletions, format != .generateContent {
            lose("answer.signature" as StaticString)
        }
    }

    /// False for an answer beyond the first, where there is room for one.
    private mutating func take(choice: Int) -> Bool {
        if choice == 0 || format == .chatCompletions || format == .generateContent { return true }
        lose("answer.choices" as StaticString)
        return false
    }

    private func says(odds: Bytes) -> Bool {
        switch format {
        case .chatCompletions, .responses, .generateContent: TokenOdds.list(odds) != nil
        case .messages, .ollamaChat, .cohereChat: false
        }
    }

    private func says(_ part: ContentPart) -> Bool {
        switch (format, part.kind) {
        case (.chatCompletions, .image), (.responses, .image(.base64, _)): true
        case (.chatCompletions, _), (.responses, _): false
        case (.generateContent, .image(.stored, _)), (.generateContent, .audio(.stored)),
            (.generateContent, .video(.stored)), (.generateContent, .file(.stored, _)):
            false
        // The others have a link for it.
        default: true
        }
    }

    private mutating func lose(_ path: StaticString) { notes.drop(path) }

    private mutating func lose(_ name: EscapedText) {
        notes.drop(Bytes("answer").joined(name.decoded))
    }
}

extension Bytes {
    /// Whether a JSON value says no more than that nothing is there.
    fileprivate var isNothing: Bool {
        span.equals("null") || span.equals("[]") || span.equals("{}") || span.equals("\"\"")
    }
}
