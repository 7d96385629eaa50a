// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a whole answer for a caller of Anthropic's API.
struct MessagesAnswerWriter: ~Copyable {
    private var json: JSONWriter
    private let isOwn: Bool
    private let provider: WireFormat?
    private var ledger = ToolCallLedger()
    private var hasCalls = false

    static func write(_ answer: ChatAnswer, _ caller: CallerTraits) -> Bytes {
        var writer = MessagesAnswerWriter(provider: answer.extras.origin)
        writer.write(answer, caller)
        return writer.json.finish()
    }

    private init(provider: WireFormat?) {
        json = JSONWriter(capacity: 1024)
        self.provider = provider
        isOwn = provider == .messages
    }

    private mutating func write(_ answer: ChatAnswer, _ caller: CallerTraits) {
        json.beginObject()
        json.messagesHead(answer.head, caller)
        // The format has room for one answer only.
        let choice = answer.choices.first
        json.key("content")
        json.beginArray()
        for part in choice?.parts ?? [] { write(part) }
        json.endArray()
        writeFinish(choice?.finish)
        json.key("usage")
        if isOwn, let usage = answer.rawUsage {
            json.raw(usage)
        } else {
            json.messagesUsage(answer.usage)
        }
        if isOwn { json.members(answer.extras) }
        json.endObject()
    }

    private mutating func writeFinish(_ finish: Finish?) {
        json.key("stop_reason")
        if isOwn {
            if let word = finish?.word { json.string(word) } else { json.null() }
        } else {
            json.string(MessagesFinish.word(finish, hasCalls: hasCalls))
        }
        json.key("stop_sequence")
        if let met = finish?.stopSequence { json.string(met) } else { json.null() }
    }

    private mutating func write(_ part: ContentPart) {
        switch part.kind {
        case .text(let text), .refusal(let text):
            if isOwn || !text.isEmpty { writeText(text, part) }
        case .reasoning(let thought): write(thought, part)
        case .toolCall(let call):
            hasCalls = true
            json.beginObject()
            json.member("type", "tool_use")
            let id = ledger.id(of: call)
            json.member("id", isOwn ? id : id.plainID)
            json.member("name", call.name)
            let isAsTold = isOwn && !call.arguments.isEmpty
            json.member("input", raw: isAsTold ? call.arguments : call.lenientObject)
            finish(part)
        case .foreign(_, let block): if isOwn { json.raw(block) }
        case .image, .audio, .video, .file:
            if isOwn {
                json.beginObject()
                if case .image = part.kind {
                    json.member("type", "image")
                } else {
                    json.member("type", "document")
                }
                finish(part)
            } else if let link = part.markdown {
                writeText(link, part)
            }
        case .toolResult: break  // No answer holds one.
        }
    }

    private mutating func writeText(_ text: EscapedText, _ part: ContentPart) {
        json.beginObject()
        json.member("type", "text")
        json.member("text", text)
        if !isOwn {
            let citations = Citation.all(of: part, text)
            if !citations.isEmpty { json.key("citations") }
            if !citations.isEmpty { json.beginArray() }
            for citation in citations { citation.writeMessages(&json, of: provider) }
            if !citations.isEmpty { json.endArray() }
        }
        finish(part)
    }

    private mutating func write(_ thought: Thought, _ part: ContentPart) {
        if let sealed = thought.sealed, thought.text == nil {
            json.beginObject()
            json.member("type", "redacted_thinking")
            json.member(
                "data", OriginMark.text(sealed, of: thought.origin, isSealed: true, in: .messages))
            finish(part)
        } else if let text = thought.text {
            json.beginObject()
            json.member("type", "thinking")
            json.member("thinking", text)
            let none = OriginMark.text(EscapedText(), of: provider, in: .messages)
            json.member("signature", thought.proof(in: .messages) ?? none)
            finish(part)
        }
    }

    private mutating func finish(_ part: ContentPart) {
        if isOwn {
            if let mark = part.cacheMark { json.member("cache_control", raw: mark) }
            json.members(part.extras)
        }
        json.endObject()
    }
}

extension JSONWriter {
    /// The first members of a message, whole or at the start of a stream.
    mutating func messagesHead(_ head: AnswerHead, _ caller: CallerTraits) {
        key("id")
        if let id = head.id, !id.isEmpty {
            string(id)
        } else {
            var id = ByteWriter(capacity: 40)
            id.append("msg_")
            id.append(caller.exchangeID)
            string(id.finish())
        }
        member("type", "message")
        member("role", "assistant")
        member("model", head.model ?? caller.model)
    }
}

extension ContentPart {
    /// An image or file as Markdown, for formats whose answers hold text alone.
    var markdown: EscapedText? {
        let source: MediaSource
        switch kind {
        case .image(let image, _): source = image
        case .audio(let other), .video(let other), .file(let other, _): source = other
        default: return nil
        }
        var writer = ByteWriter(capacity: 64)
        if case .image = kind { writer.append("!") }
        writer.append("[media](")
        switch source {
        case .url(let url, _): writer.append(url.decoded)
        case .base64(let data, let mediaType):
            writer.append("data:")
            writer.append(mediaType.decoded)
            writer.append(";base64,")
            writer.append(data.decoded)
        case .stored(let id, _): writer.append(id.decoded)
        case .text(let text): return text
        }
        writer.append(")")
        return EscapedText(escaping: writer.finish().span)
    }
}
