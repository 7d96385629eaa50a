// SPDX-License-Identifier: Apache-2.0

/// A call of a provider's API: one method with one wire format of question and answer.
public enum UpstreamCall: String, Sendable, CaseIterable {
    case chatCompletions = "chat_completions"
    case responses
    case messages
    case generateContent = "generate_content"
    case streamGenerateContent = "stream_generate_content"
    /// The stream as one JSON array.
    case streamGenerateArray = "stream_generate_array"
    case ollamaChat = "ollama_chat"
    case cohereChat = "cohere_chat"
    case completions
    case embeddings
    case countMessageTokens = "count_message_tokens"
    case countTokens = "count_tokens"
    case embedContent = "embed_content"
    case batchEmbedContents = "batch_embed_contents"
    case ollamaEmbed = "ollama_embed"
    case cohereEmbed = "cohere_embed"

    /// Its place in lists of all calls.
    public var index: Int {
        switch self {
        case .chatCompletions: 0
        case .responses: 1
        case .messages: 2
        case .generateContent: 3
        case .streamGenerateContent: 4
        case .streamGenerateArray: 5
        case .ollamaChat: 6
        case .cohereChat: 7
        case .completions: 8
        case .embeddings: 9
        case .countMessageTokens: 10
        case .countTokens: 11
        case .embedContent: 12
        case .batchEmbedContents: 13
        case .ollamaEmbed: 14
        case .cohereEmbed: 15
        }
    }

    /// Whether it asks for a chat, so that another chat call can take its place by translation.
    public var isChat: Bool { index < 8 }
}

/// The paths of an upstream's calls, behind its base; a call without one is not served.
///
/// `{model}` stands for the model's name as one path segment.
public struct CallPaths: Sendable, Equatable {
    private var templates = [String?](repeating: nil, count: UpstreamCall.allCases.count)
    /// The calls that have a path, in the order in which they were set: best first.
    public private(set) var calls: [UpstreamCall] = []

    public init() {}

    public init(_ paths: [(UpstreamCall, String)]) {
        for (call, path) in paths { self[call] = path }
    }

    public subscript(call: UpstreamCall) -> String? {
        get { templates[call.index] }
        set {
            templates[call.index] = newValue
            calls.removeAll { $0 == call && newValue == nil }
            if newValue != nil, !calls.contains(call) { calls.append(call) }
        }
    }
}
