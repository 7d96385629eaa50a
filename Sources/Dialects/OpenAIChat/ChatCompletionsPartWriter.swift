// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes the content of one message.
struct ChatCompletionsPartWriter {
    let isOwn: Bool
    let path: ChatPath
    let message: Int

    /// Whether a thought stood in the list of parts (Mistral) and not beside the content.
    func isInContent(_ part: ContentPart) -> Bool {
        isOwn && part.extras.whole(in: .chatCompletions) != nil
    }

    mutating func writeContent(
        _ parts: [ContentPart], isPlain: Bool,
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        json.key("content")
        if isPlain, parts.isEmpty {
            json.string(EscapedText())
            return
        }
        if parts.count == 1, case .text(let text) = parts[0].kind, isPlain || !isOwn {
            json.string(text)
            noteMark(parts[0], &notes)
            return
        }
        json.beginArray()
        for (index, part) in parts.enumerated() {
            try write(part, index, &json, &notes)
        }
        json.endArray()
    }

    private func noteMark(_ part: ContentPart, _ notes: inout TranslationNotes) {
        guard !isOwn, part.cacheMark != nil else { return }
        notes.drop(path.message(message).joined("cache_control"))
    }

    private func write(
        _ part: ContentPart, _ index: Int, _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        if isOwn, let whole = part.extras.whole(in: .chatCompletions) {
            json.raw(whole)
            return
        }
        noteMark(part, &notes)
        switch part.kind {
        case .text(let text): writeText(text, "text", part, &json)
        case .refusal(let text): writeText(text, "refusal", part, &json)
        case .image(let source, let detail):
            try writeImage(source, detail, part, index, &json)
        case .audio(let source): try writeAudio(source, index, &json)
        case .file(let source, let name): try writeFile(source, name, index, &json)
        case .foreign(let type, let whole):
            if isOwn {
                json.raw(whole)
            } else {
                notes.drop(path.part(message, index).joined(type.decoded))
            }
        case .reasoning: notes.drop(path.part(message, index))
        case .video, .toolCall, .toolResult: throw .unsupported(path.part(message, index))
        }
    }

    private func writeText(
        _ text: EscapedText, _ name: StaticString, _ part: ContentPart, _ json: inout JSONWriter
    ) {
        json.beginObject()
        json.member("type", name)
        json.member(name, text)
        writeOwn(part, &json)
        json.endObject()
    }

    private func writeOwn(_ part: ContentPart, _ json: inout JSONWriter) {
        guard isOwn else { return }
        if let mark = part.cacheMark { json.member("cache_control", raw: mark) }
        json.members(part.extras)
    }

    private func writeImage(
        _ source: MediaSource, _ detail: EscapedText?, _ part: ContentPart, _ index: Int,
        _ json: inout JSONWriter
    ) throws(RequestFault) {
        json.beginObject()
        json.member("type", "image_url")
        json.key("image_url")
        json.beginObject()
        json.key("url")
        switch source {
        case .url(let url, _): json.string(url)
        case .base64(let data, let type): DataURL.write(data, mediaType: type, to: &json)
        case .stored, .text: throw .unsupported(path.part(message, index))
        }
        if let detail { json.member("detail", detail) }
        json.endObject()
        writeOwn(part, &json)
        json.endObject()
    }

    private func writeAudio(
        _ source: MediaSource, _ index: Int, _ json: inout JSONWriter
    ) throws(RequestFault) {
        guard case .base64(let data, let type) = source, let word = AudioFormat.word(for: type)
        else { throw .unsupported(path.part(message, index)) }
        json.beginObject()
        json.member("type", "input_audio")
        json.key("input_audio")
        json.beginObject()
        json.member("data", data)
        json.member("format", word)
        json.endObject()
        json.endObject()
    }

    private func writeFile(
        _ source: MediaSource, _ name: EscapedText?, _ index: Int, _ json: inout JSONWriter
    ) throws(RequestFault) {
        if case .text(let text) = source {
            writeText(text, "text", ContentPart(.text(text)), &json)
            return
        }
        json.beginObject()
        json.member("type", "file")
        json.key("file")
        json.beginObject()
        switch source {
        case .base64(let data, let type):
            json.member("filename", name ?? EscapedText("document.pdf"))
            json.key("file_data")
            DataURL.write(data, mediaType: type, to: &json)
        case .stored(let id, _): json.member("file_id", id)
        case .url, .text: throw .unsupported(path.part(message, index))
        }
        json.endObject()
        json.endObject()
    }
}

extension TranslationNotes {
    /// Notes members inside a message that only their origin knows.
    mutating func drop(_ extras: Extras, at path: Bytes) {
        for member in extras.members where !member.isCovered {
            if member.value.span.equals("null") { continue }
            drop(path.joined(member.name.decoded))
        }
    }
}
