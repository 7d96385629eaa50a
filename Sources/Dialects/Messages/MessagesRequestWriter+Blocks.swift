// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension MessagesRequestWriter {
    /// Writes one block; the place is that of the message and of the part in it.
    mutating func write(
        _ part: ContentPart, _ role: ChatMessage.Role, at place: (Int, Int)
    ) throws(RequestFault) {
        switch part.kind {
        case .text(let text), .refusal(let text): try writeText(text, part, at: place)
        case .reasoning(let thought): try write(thought, part, at: place)
        case .toolCall(let call): try write(call, part, at: place)
        case .toolResult(let result): try write(result, part, at: place)
        case .image(let source, let detail):
            guard isOwn || role != .assistant else { throw unsupported(place) }
            if let detail, !detail.equals("auto") { try lose("image_url.detail", place) }
            try writeMedia(source, part, isImage: true, at: place)
        case .file(let source, let name):
            guard isOwn || role != .assistant else { throw unsupported(place) }
            try writeMedia(source, part, name: name, at: place)
        case .audio, .video: throw unsupported(place)
        case .foreign(_, let block):
            guard isOwn else { throw unsupported(place) }
            json.raw(block)
        }
    }

    mutating func writeText(
        _ text: EscapedText, _ part: ContentPart, at place: (Int, Int)
    ) throws(RequestFault) {
        json.beginObject()
        json.member("type", "text")
        json.member("text", text)
        try finish(part, at: place)
    }

    /// A thought without its signature, or with another provider's, would be refused.
    private mutating func write(
        _ thought: Thought, _ part: ContentPart, at place: (Int, Int)
    ) throws(RequestFault) {
        if let sealed = thought.sealed, thought.isProved(for: .messages) {
            json.beginObject()
            json.member("type", "redacted_thinking")
            json.member("data", sealed)
            try finish(part, at: place)
        } else if let signature = thought.signature, thought.isProved(for: .messages) {
            json.beginObject()
            json.member("type", "thinking")
            json.member("thinking", thought.text ?? EscapedText())
            json.member("signature", signature)
            try finish(part, at: place)
        } else {
            try losses.lose(path.part(place.0, place.1))
        }
    }

    private mutating func write(
        _ call: ToolCall, _ part: ContentPart, at place: (Int, Int)
    ) throws(RequestFault) {
        let id = ledger.id(of: call)
        guard let input = isOwn ? call.arguments : call.object else {
            throw .invalid(
                path.part(place.0, place.1), " has a tool call whose arguments are no JSON object.")
        }
        json.beginObject()
        json.member("type", "tool_use")
        json.member("id", isOwn ? id : id.plainID)
        json.member("name", call.name)
        json.member("input", raw: input.isEmpty ? "{}" : input)
        try finish(part, at: place)
    }

    private mutating func write(
        _ result: ToolResult, _ part: ContentPart, at place: (Int, Int)
    ) throws(RequestFault) {
        guard let id = ledger.call(of: result).id else {
            throw .invalid(path.part(place.0, place.1), " answers no tool call.")
        }
        json.beginObject()
        json.member("type", "tool_result")
        json.member("tool_use_id", isOwn ? id : id.plainID)
        if isOwn, result.isPlain || result.content.isEmpty {
            if case .text(let text) = result.content.first?.kind { json.member("content", text) }
        } else if !isOwn, !result.hasMedia {
            json.member("content", result.text)
        } else {
            json.key("content")
            json.beginArray()
            for inner in result.content where isOwn || !inner.isEmptyText {
                try write(inner, .user, at: place)
            }
            json.endArray()
        }
        if result.isError {
            json.key("is_error")
            json.bool(true)
        }
        try finish(part, at: place)
    }

    private mutating func writeMedia(
        _ source: MediaSource, _ part: ContentPart, isImage: Bool = false,
        name: EscapedText? = nil, at place: (Int, Int)
    ) throws(RequestFault) {
        json.beginObject()
        json.member("type", isImage ? "image" : "document")
        if !isOwn {
            json.key("source")
            try writeSource(source, isImage: isImage, at: place)
        }
        if let name { json.member("title", name) }
        try finish(part, at: place)
    }

    private mutating func writeSource(
        _ source: MediaSource, isImage: Bool, at place: (Int, Int)
    ) throws(RequestFault) {
        json.beginObject()
        switch source {
        case .url(let url, _):
            json.member("type", "url")
            json.member("url", url)
        case .base64(let data, let mediaType):
            guard Self.takes(mediaType, isImage: isImage) else { throw unsupported(place) }
            json.member("type", "base64")
            json.member("media_type", mediaType)
            json.member("data", data)
        case .text(let text):
            json.member("type", "text")
            json.member("media_type", "text/plain")
            json.member("data", text)
        case .stored:
            // A file is known to the provider alone that keeps it.
            throw unsupported(place)
        }
        json.endObject()
    }

    private static func takes(_ mediaType: EscapedText, isImage: Bool) -> Bool {
        guard isImage else { return mediaType.equals("application/pdf") }
        return mediaType.equals("image/png") || mediaType.equals("image/jpeg")
            || mediaType.equals("image/gif") || mediaType.equals("image/webp")
    }

    /// The members that each block may have, and the closing bracket.
    private mutating func finish(
        _ part: ContentPart, at place: (Int, Int)
    ) throws(RequestFault) {
        if let mark = part.cacheMark { json.member("cache_control", raw: mark) }
        if isOwn {
            json.members(part.extras)
        } else if !part.extras.isEmpty {
            try losses.lose(part.extras, at: path.part(place.0, place.1), into: &json)
        }
        json.endObject()
    }

    private func unsupported(_ place: (Int, Int)) -> RequestFault {
        .unsupported(path.part(place.0, place.1))
    }

    private mutating func lose(
        _ name: StaticString, _ place: (Int, Int)
    ) throws(RequestFault) {
        try losses.lose(path.part(place.0, place.1).joined(Bytes(name.description)))
    }
}
