// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes a request for Anthropic's Messages API.
struct MessagesRequestWriter: ~Copyable {
    var json: JSONWriter
    var losses: FieldLosses
    let target: TargetTraits
    /// Whether the caller speaks this format too; then nothing is left to interpretation.
    let isOwn: Bool
    /// Whether tokens are to be counted only.
    let isCount: Bool
    let path: ChatPath
    var ledger = ToolCallLedger()
    /// The role of the turn that is open for more blocks.
    var openRole: ChatMessage.Role?

    init(
        _ request: borrowing ChatRequest, _ target: TargetTraits, _ notes: TranslationNotes,
        isCount: Bool = false
    ) {
        json = JSONWriter(capacity: 1024)
        losses = FieldLosses(target.unknownFields, notes: notes)
        self.target = target
        isOwn = request.extras.origin == .messages
        self.isCount = isCount
        path = ChatPath(request)
    }

    var notes: TranslationNotes { losses.notes }

    consuming func finish() -> Bytes { json.finish() }

    mutating func write(_ request: ChatRequest) throws(RequestFault) {
        json.beginObject()
        json.member("model", target.model)
        let thinking = isOwn ? nil : try thinkingPlan(request)
        writeLimit(request, thinking)
        try writeSystem(request)
        try writeMessages(request)
        try writeTools(request)
        try writeSampling(request, isThinking: thinking?.budget != nil)
        if isOwn {
            writeOwn(request)
        } else {
            try writeToolChoice(request)
            try writeOptions(request, thinking)
            try losses.lose(request.extras, into: &json)
        }
        json.endObject()
    }

    private mutating func writeLimit(_ request: ChatRequest, _ thinking: ThinkingPlan?) {
        guard !isCount else { return }
        if let limit = request.maxTokens {
            json.member("max_tokens", limit)
        } else if !isOwn {
            json.member("max_tokens", target.defaultMaxTokens + (thinking?.budget ?? 0))
        }
    }

    /// What the origin wrote for itself; counting refuses what has to do with answers.
    private mutating func writeOwn(_ request: ChatRequest) {
        if request.stream || request.spelling.contains(.statedStream) {
            json.key("stream")
            json.bool(request.stream)
        }
        if let tier = request.serviceTier, !isCount { json.member("service_tier", tier) }
        for member in request.extras.members {
            if isCount,
                member.name.equals("metadata") || member.name.equals("stop_sequences")
                    || member.name.equals("container")
            {
                continue
            }
            json.member(member)
        }
    }

    private mutating func writeSystem(_ request: ChatRequest) throws(RequestFault) {
        if isOwn {
            guard let first = request.messages.first, isBeside(first) else { return }
            json.key("system")
            try writeContent(of: first, at: 0)
            return
        }
        var isOpen = false
        for index in request.messages.indices {
            let message = request.messages[index]
            guard message.role == .system || message.role == .developer else { continue }
            for place in message.parts.indices {
                let part = message.parts[place]
                guard case .text(let text) = part.kind else {
                    throw .unsupported(path.part(index, place))
                }
                if text.isEmpty { continue }
                if !isOpen {
                    json.key("system")
                    json.beginArray()
                    isOpen = true
                }
                try writeText(text, part, at: (index, place))
            }
        }
        if isOpen { json.endArray() }
    }

    /// Whether a message is the system text that stands beside the messages.
    private func isBeside(_ message: ChatMessage) -> Bool {
        message.role == .system && message.extras["role"] == nil
    }

    private mutating func writeMessages(_ request: ChatRequest) throws(RequestFault) {
        json.key("messages")
        json.beginArray()
        for index in request.messages.indices {
            let message = request.messages[index]
            if isOwn {
                if index == 0, isBeside(message) { continue }
                try writeOwn(message, at: index)
            } else if message.role != .system, message.role != .developer {
                try writeTurn(message, at: index)
            }
        }
        closeTurn()
        json.endArray()
    }

    private mutating func writeOwn(
        _ message: ChatMessage, at index: Int
    ) throws(RequestFault) {
        json.beginObject()
        switch message.role {
        case .user, .tool: json.member("role", "user")
        case .assistant: json.member("role", "assistant")
        case .system, .developer: break  // Kept among the extras.
        }
        json.key("content")
        try writeContent(of: message, at: index)
        json.members(message.extras)
        json.endObject()
    }

    private mutating func writeContent(
        of message: ChatMessage, at index: Int
    ) throws(RequestFault) {
        if message.isPlain, case .text(let text) = message.parts.first?.kind {
            json.string(text)
            return
        }
        json.beginArray()
        for place in message.parts.indices {
            try write(message.parts[place], message.role, at: (index, place))
        }
        json.endArray()
    }

    /// Adds a message of another format to the open turn, or to a new one if the role changes.
    private mutating func writeTurn(
        _ message: ChatMessage, at index: Int
    ) throws(RequestFault) {
        if message.name != nil, message.role != .tool {
            try losses.lose(path.message(index).joined("name"))
        }
        // Results have to stand first.
        let role: ChatMessage.Role = message.role == .assistant ? .assistant : .user
        for isResult in [true, false] {
            for place in message.parts.indices {
                let part = message.parts[place]
                guard part.isToolResult == isResult, !part.isEmptyText else { continue }
                openTurn(role)
                try write(part, role, at: (index, place))
            }
        }
        // Its turn may be another message's as well.
        try losses.lose(message.extras, at: path.message(index))
    }

    private mutating func openTurn(_ role: ChatMessage.Role) {
        guard openRole != role else { return }
        closeTurn()
        openRole = role
        json.beginObject()
        json.member("role", role == .assistant ? "assistant" : "user")
        json.key("content")
        json.beginArray()
    }

    private mutating func closeTurn() {
        guard openRole != nil else { return }
        openRole = nil
        json.endArray()
        json.endObject()
    }
}

extension ContentPart {
    var isToolResult: Bool {
        if case .toolResult = kind { true } else { false }
    }

    var isEmptyText: Bool {
        if case .text(let text) = kind { text.isEmpty } else { false }
    }
}
