// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes the `messages` of a request.
struct ChatCompletionsMessageWriter {
    let request: ChatRequest
    let target: TargetTraits
    let isOwn: Bool
    private let path: ChatPath
    private var ledger = ToolCallLedger()
    /// Media out of tool results, which tools' messages cannot hold: shown behind them.
    private var media: [ContentPart] = []

    init(_ request: ChatRequest, _ target: TargetTraits) {
        self.request = request
        self.target = target
        isOwn = request.extras.origin == .chatCompletions
        path = ChatPath(request)
    }

    mutating func write(
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        json.key("messages")
        json.beginArray()
        for (index, message) in request.messages.enumerated() {
            var parts = ChatCompletionsPartWriter(isOwn: isOwn, path: path, message: index)
            try write(message, &parts, &json, &notes)
        }
        try flushMedia(&json, &notes)
        json.endArray()
    }

    private mutating func write(
        _ message: ChatMessage, _ parts: inout ChatCompletionsPartWriter,
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        if message.role == .assistant {
            try flushMedia(&json, &notes)
            try writeAssistant(message, &parts, &json, &notes)
            return
        }
        var rest = message
        rest.parts = []
        for part in message.parts {
            if case .toolResult(let result) = part.kind {
                try writeResult(result, message, &json, &notes)
            } else {
                rest.parts.append(part)
            }
        }
        guard !rest.parts.isEmpty || message.parts.isEmpty else { return }
        try flushMedia(&json, &notes)
        json.beginObject()
        json.member("role", role(message.role))
        try parts.writeContent(rest.parts, isPlain: message.isPlain, &json, &notes)
        writeRest(of: message, parts.message, &json, &notes)
        json.endObject()
    }

    private func role(_ role: ChatMessage.Role) -> StaticString {
        switch role {
        case .system: "system"
        case .developer: isOwn || target.takesCompletionLimit ? "developer" : "system"
        case .user, .tool: "user"
        case .assistant: "assistant"
        }
    }

    private func writeRest(
        of message: ChatMessage, _ index: Int,
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        if let name = message.name { json.member("name", name) }
        if isOwn {
            json.members(message.extras)
        } else {
            notes.drop(message.extras, at: path.message(index))
        }
    }

    private mutating func writeAssistant(
        _ message: ChatMessage, _ parts: inout ChatCompletionsPartWriter,
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        json.beginObject()
        json.member("role", "assistant")
        var content: [ContentPart] = []
        var calls: [(call: ToolCall, extras: Extras)] = []
        var thoughts = EscapedText()
        var proved: [Thought] = []
        for part in message.parts {
            switch part.kind {
            case .toolCall(let call): calls.append((call, part.extras))
            case .reasoning(let thought) where !parts.isInContent(part):
                if isOwn, thought.origin == nil || thought.origin == .chatCompletions {
                    json.members(part.extras)
                } else if !isOwn, thought.isProved(for: .chatCompletions) {
                    proved.append(thought)
                    thoughts = thoughts + (thought.text ?? EscapedText())
                } else if let text = thought.text {
                    thoughts = thoughts + text
                }
            case .refusal(let text) where part.extras == ThoughtSpelling.besideContent:
                json.member("refusal", text)
            default: content.append(part)
            }
        }
        if proved.isEmpty {
            writeThoughts(thoughts, parts.message, &json, &notes)
        } else {
            json.thoughts(proved, thoughts)
        }
        let hasContent = !content.isEmpty || message.isPlain
        if hasContent {
            try parts.writeContent(content, isPlain: message.isPlain, &json, &notes)
        } else if !isOwn {
            json.key("content")
            json.null()
        }
        if !calls.isEmpty { writeCalls(calls, &json) }
        writeRest(of: message, parts.message, &json, &notes)
        json.endObject()
    }

    /// Thoughts of other formats, all in one: they are not known here, but DeepSeek takes them.
    private func writeThoughts(
        _ text: EscapedText, _ index: Int,
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        guard !text.isEmpty else { return }
        if target.unknownFields == .forward {
            json.member("reasoning_content", text)
        } else {
            notes.drop(path.message(index).joined("reasoning"))
        }
    }

    private mutating func writeCalls(
        _ calls: [(call: ToolCall, extras: Extras)], _ json: inout JSONWriter
    ) {
        json.key("tool_calls")
        json.beginArray()
        for (call, extras) in calls {
            let id = ledger.id(of: call)
            let written = isOwn ? call.id : id
            ToolCallSpelling.write(call, extras, id: written, to: &json)
        }
        json.endArray()
    }

    private mutating func writeResult(
        _ result: ToolResult, _ message: ChatMessage,
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        let known = ledger.call(of: result)
        json.beginObject()
        json.member("role", "tool")
        let id = isOwn ? result.callID : known.id ?? ToolCallLedger.id(number: 0)
        if let id { json.member("tool_call_id", id) }
        if isOwn, let name = message.name { json.member("name", name) }
        if isOwn, !result.isPlain {
            var parts = ChatCompletionsPartWriter(isOwn: true, path: path, message: 0)
            if !result.content.isEmpty || message.extras["content"] == nil {
                try parts.writeContent(result.content, isPlain: false, &json, &notes)
            }
        } else {
            json.member("content", result.text)
            if result.hasMedia { media += result.content.filter(\.isMedia) }
        }
        if isOwn { json.members(message.extras) }
        json.endObject()
    }

    private mutating func flushMedia(
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) throws(RequestFault) {
        guard !media.isEmpty else { return }
        var parts = ChatCompletionsPartWriter(isOwn: false, path: path, message: 0)
        json.beginObject()
        json.member("role", "user")
        try parts.writeContent(media, isPlain: false, &json, &notes)
        json.endObject()
        media = []
    }
}

extension ContentPart {
    /// Whether this is a picture, a sound or a document.
    var isMedia: Bool {
        switch kind {
        case .image, .audio, .video, .file: true
        default: false
        }
    }
}
