// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a whole answer for a caller of Gemini's API.
struct GenerateContentAnswerWriter: ~Copyable {
    private var json: JSONWriter
    private let isOwn: Bool
    private var ledger = ToolCallLedger()

    static func write(_ answer: ChatAnswer, _ caller: CallerTraits) -> Bytes {
        var writer = GenerateContentAnswerWriter(
            isOwn: answer.extras.origin == .generateContent)
        writer.write(answer, caller)
        return writer.json.finish()
    }

    private init(isOwn: Bool) {
        json = JSONWriter(capacity: 1024)
        self.isOwn = isOwn
    }

    private mutating func write(_ answer: ChatAnswer, _ caller: CallerTraits) {
        json.beginObject()
        if !isOwn || answer.extras["promptFeedback"] == nil || !answer.isBlocked {
            json.key("candidates")
            json.beginArray()
            for choice in answer.choices { write(choice) }
            json.endArray()
        }
        if isOwn {
            if let usage = answer.rawUsage { json.member("usageMetadata", raw: usage) }
            if let model = answer.head.model { json.member("modelVersion", model) }
            if let id = answer.head.id { json.member("responseId", id) }
            json.members(answer.extras)
        } else {
            if let usage = answer.usage {
                json.key("usageMetadata")
                json.geminiUsage(usage)
            }
            json.geminiHead(answer.head, caller)
        }
        json.endObject()
    }

    private mutating func write(_ choice: AnswerChoice) {
        json.beginObject()
        if !isOwn || choice.messageExtras.origin != nil {
            json.key("content")
            json.beginObject()
            if !isOwn || !choice.parts.isEmpty {
                json.key("parts")
                json.beginArray()
                for part in choice.parts { write(part) }
                json.endArray()
            }
            if isOwn {
                json.members(choice.messageExtras)
            } else {
                json.member("role", "model")
            }
            json.endObject()
        }
        if isOwn {
            if let word = choice.finish?.word { json.member("finishReason", word) }
            if let logprobs = choice.logprobs { json.member("logprobsResult", raw: logprobs) }
            json.members(choice.extras)
        } else {
            if let odds = choice.logprobs.flatMap(TokenOdds.gemini) {
                json.member("logprobsResult", raw: odds)
            }
            writeGrounding(choice.parts)
            json.member(
                "finishReason", GenerateContentFinish.word(choice.finish?.reason ?? .stop))
            json.member("index", choice.index)
        }
        json.endObject()
    }

    private mutating func writeGrounding(_ parts: [ContentPart]) {
        var found: [(citation: Citation, part: Int, text: Bytes?)] = []
        for (index, part) in parts.enumerated() {
            guard !part.citations.isEmpty, case .text(let text) = part.kind else { continue }
            let bytes = text.decoded
            for citation in Citation.all(of: part, text) { found.append((citation, index, bytes)) }
        }
        if !found.isEmpty { Grounding.write(found, to: &json) }
    }

    private mutating func write(_ part: ContentPart) {
        switch part.kind {
        case .text(let text), .refusal(let text):
            json.beginObject()
            json.member("text", text)
        case .reasoning(let thought):
            let proof = thought.proof(in: .generateContent)
            guard let text = thought.text ?? proof.map({ _ in EscapedText() }) else { return }
            json.beginObject()
            json.member("text", text)
            json.key("thought")
            json.bool(true)
            if let proof, !proof.isEmpty || isOwn { json.member("thoughtSignature", proof) }
        case .toolCall(let call): write(call, part)
        case .image(let source, _), .audio(let source), .video(let source), .file(let source, _):
            if !isOwn {
                _ = json.geminiMedia(source)
                return
            }
            json.beginObject()
        case .toolResult:
            guard isOwn else { return }
            json.beginObject()
        case .foreign(_, let whole):
            if isOwn { json.raw(whole) }
            return
        }
        if isOwn { json.members(part.extras) }
        json.endObject()
    }

    /// Leaves the part open.
    private mutating func write(_ call: ToolCall, _ part: ContentPart) {
        let id = ledger.id(of: call)
        json.beginObject()
        if !isOwn || part.extras["functionCall"] == nil {
            json.key("functionCall")
            json.beginObject()
            if !isOwn || call.id != nil { json.member("id", id) }
            json.member("name", call.name)
            if !isOwn || !call.arguments.isEmpty {
                json.member("args", raw: isOwn ? call.arguments : call.lenientObject)
            }
            json.endObject()
        }
        if let signature = call.signature { json.member("thoughtSignature", signature) }
    }
}

extension ChatAnswer {
    /// Whether the only choice stands for a prompt that was refused.
    fileprivate var isBlocked: Bool {
        choices.count == 1 && choices[0].parts.isEmpty && choices[0].extras.origin == nil
    }
}
