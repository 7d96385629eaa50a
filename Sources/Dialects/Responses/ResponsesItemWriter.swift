// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a request's `instructions` and `input`.
struct ResponsesItemWriter {
    private let request: ChatRequest
    private let isOwn: Bool
    private let path: ChatPath
    private var ledger = ToolCallLedger()

    init(_ request: ChatRequest) {
        self.request = request
        isOwn = request.extras.origin == .responses
        path = ChatPath(request)
    }

    mutating func write(
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        var first = 0
        if isOwn, let message = request.messages.first, message.role == .system,
            let text = message.extras.whole(in: .responses), text.root(.object).kind == .null
        {
            json.member("instructions", raw: text)
            first = 1
        }
        json.key("input")
        if isOwn, request.spelling.contains(.plainInput), let last = request.messages.last,
            case .text(let text)? = last.parts.first?.kind
        {
            json.string(text)
            return
        }
        json.beginArray()
        for index in first..<request.messages.count {
            try write(request.messages[index], index, &json, &notes)
        }
        json.endArray()
    }

    private mutating func write(
        _ message: ChatMessage, _ index: Int, _ json: inout JSONWriter,
        _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        if let whole = message.extras.whole(in: .responses) {
            json.raw(whole)
            return
        }
        if !isOwn { notes.drop(message.extras, at: path.message(index)) }
        if message.role == .assistant {
            try writeAssistant(message, index, &json, &notes)
            return
        }
        var content: [ContentPart] = []
        for part in message.parts {
            if case .toolResult(let result) = part.kind {
                try writeResult(result, index, &json)
            } else {
                content.append(part)
            }
        }
        guard !content.isEmpty || message.parts.isEmpty else { return }
        json.beginObject()
        json.member("type", "message")
        json.member("role", role(message.role))
        json.key("content")
        if content.count == 1, case .text(let text) = content[0].kind {
            json.string(text)
        } else {
            try writeContent(content, index, &json)
        }
        json.endObject()
    }

    private func role(_ role: ChatMessage.Role) -> StaticString {
        switch role {
        case .system: "system"
        case .developer: "developer"
        case .user, .tool: "user"
        case .assistant: "assistant"
        }
    }

    private func writeContent(
        _ parts: [ContentPart], _ index: Int, _ json: inout JSONWriter
    ) throws(RequestFault) {
        json.beginArray()
        for (place, part) in parts.enumerated() {
            guard ResponsesPartWriter.write(part, to: &json) else {
                throw .unsupported(path.part(index, place))
            }
        }
        json.endArray()
    }

    private mutating func writeResult(
        _ result: ToolResult, _ index: Int, _ json: inout JSONWriter
    ) throws(RequestFault) {
        json.beginObject()
        json.member("type", "function_call_output")
        json.member(
            "call_id", ledger.call(of: result).id ?? ToolCallLedger.id(number: 0))
        json.key("output")
        if result.hasMedia {
            try writeContent(result.content, index, &json)
        } else {
            json.string(result.text)
        }
        json.endObject()
    }

    /// One item a text and a call.
    private mutating func writeAssistant(
        _ message: ChatMessage, _ index: Int, _ json: inout JSONWriter,
        _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        for (place, part) in message.parts.enumerated() {
            if isOwn {
                if case .reasoning(let thought) = part.kind, let origin = thought.origin,
                    origin != .responses
                {
                    notes.drop(path.part(index, place))
                    continue
                }
                // The first part of an item has it whole; the others say nothing more.
                if let whole = part.extras.whole(in: .responses) { json.raw(whole) }
                continue
            }
            switch part.kind {
            case .text(let text), .refusal(let text): writeSaid(text, &json)
            default: try writeItem(part, index, place, &json, &notes)
            }
        }
    }

    /// As a plain string: parts of output need an id that only OpenAI can give.
    private func writeSaid(_ text: EscapedText, _ json: inout JSONWriter) {
        json.beginObject()
        json.member("type", "message")
        json.member("role", "assistant")
        json.member("content", text)
        json.endObject()
    }

    /// One of OpenAI's that has come back; it is found by its sealed form, without its id.
    private func writeThought(_ thought: Thought, _ json: inout JSONWriter) {
        json.beginObject()
        json.member("type", "reasoning")
        json.key("summary")
        json.beginArray()
        if let text = thought.text, !text.isEmpty {
            ResponsesOutputWriter.summary(text, to: &json)
        }
        json.endArray()
        if let sealed = thought.sealed { json.member("encrypted_content", sealed) }
        json.endObject()
    }

    private mutating func writeItem(
        _ part: ContentPart, _ index: Int, _ place: Int, _ json: inout JSONWriter,
        _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        switch part.kind {
        case .toolCall(let call):
            json.beginObject()
            json.member("type", "function_call")
            json.member("call_id", ledger.id(of: call))
            json.member("name", call.name)
            json.key("arguments")
            json.string(call.arguments.isEmpty ? "{}" : call.arguments)
            json.endObject()
        case .reasoning(let thought) where thought.isProved(for: .responses):
            writeThought(thought, &json)
        case .reasoning, .foreign:
            // A thought of another provider is nothing that OpenAI could check.
            notes.drop(path.part(index, place))
        default: throw .unsupported(path.part(index, place))
        }
    }
}
