// SPDX-License-Identifier: Apache-2.0

/// A way to write a chat on the wire; a dialect may have several.
public enum WireFormat: UInt8, Sendable, Hashable, CaseIterable {
    /// OpenAI `POST /v1/chat/completions`, and what is compatible with it.
    case chatCompletions
    /// OpenAI `POST /v1/responses`.
    case responses
    /// Anthropic `POST /v1/messages`.
    case messages
    /// Gemini `generateContent` and `streamGenerateContent`.
    case generateContent
    /// Ollama's own `POST /api/chat`.
    case ollamaChat
    /// Cohere `POST /v2/chat`.
    case cohereChat

    public var label: StaticString {
        switch self {
        case .chatCompletions: "chat_completions"
        case .responses: "responses"
        case .messages: "messages"
        case .generateContent: "generate_content"
        case .ollamaChat: "ollama_chat"
        case .cohereChat: "cohere_chat"
        }
    }
}
