// SPDX-License-Identifier: Apache-2.0
public import Core

/// What a call asks for, as its method and path say.
public enum Operation: Sendable, Equatable {
    case chatCompletions, completions, embeddings, responses
    case messages, countMessageTokens
    /// A method of a Gemini model, by the model's percent-decoded name.
    case gemini(GeminiMethod, model: Bytes)
    case cohereChat, cohereEmbed, ollamaChat, ollamaEmbed
    case models
    /// One model's card, by its percent-decoded name.
    case model(Bytes)
    /// The same in Gemini's form.
    case geminiModels
    case geminiModel(Bytes)
    /// The list in Ollama's form.
    case ollamaModels
    /// Ollama's clients ask which version they talk to.
    case ollamaVersion

    /// The part of a request's method that routing knows.
    public enum Verb: Sendable { case get, post, other }

    /// Where a method and path lead.
    public enum Destination: Sendable, Equatable {
        case operation(Operation)
        /// The path exists for these methods only: 405 with this `allow`.
        case wrongMethod(allow: StaticString)
        case unknownPath

        public static func == (left: Destination, right: Destination) -> Bool {
            switch (left, right) {
            case (.operation(let one), .operation(let other)): one == other
            case (.wrongMethod(let one), .wrongMethod(let other)):
                one.description == other.description
            case (.unknownPath, .unknownPath): true
            default: false
            }
        }
    }

    public var dialect: Dialect {
        switch self {
        case .chatCompletions, .completions, .embeddings, .responses, .models, .model: .openAI
        case .messages, .countMessageTokens: .anthropic
        case .gemini, .geminiModels, .geminiModel: .gemini
        case .cohereChat, .cohereEmbed: .cohere
        case .ollamaChat, .ollamaEmbed, .ollamaModels, .ollamaVersion: .ollama
        }
    }

    /// The route template, for metrics.
    public var route: StaticString {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .completions: "/v1/completions"
        case .embeddings: "/v1/embeddings"
        case .responses: "/v1/responses"
        case .messages: "/v1/messages"
        case .countMessageTokens: "/v1/messages/count_tokens"
        case .gemini(let method, _): method.route
        case .cohereChat: "/v2/chat"
        case .cohereEmbed: "/v2/embed"
        case .ollamaChat: "/api/chat"
        case .ollamaEmbed: "/api/embed"
        case .models: "/v1/models"
        case .model: "/v1/models/{id}"
        case .geminiModels: "/v1beta/models"
        case .geminiModel: "/v1beta/models/{id}"
        case .ollamaModels: "/api/tags"
        case .ollamaVersion: "/api/version"
        }
    }

    /// Whether the call carries a body and is answered by an upstream.
    public var isInference: Bool {
        switch self {
        case .chatCompletions, .completions, .embeddings, .responses, .messages,
            .countMessageTokens, .gemini, .cohereChat, .cohereEmbed, .ollamaChat, .ollamaEmbed:
            true
        case .models, .model, .geminiModels, .geminiModel, .ollamaModels, .ollamaVersion: false
        }
    }

    /// Whether a stream tells its usage only if `stream_options` asks for it.
    var takesStreamOptions: Bool {
        switch self {
        case .chatCompletions, .completions, .embeddings: true
        default: false
        }
    }

    /// The wire format of a chat; nil for what is no chat.
    public var chatFormat: WireFormat? {
        switch self {
        case .chatCompletions: .chatCompletions
        case .responses: .responses
        case .messages: .messages
        case .gemini(.generateContent, _), .gemini(.streamGenerateContent, _): .generateContent
        case .cohereChat: .cohereChat
        case .ollamaChat: .ollamaChat
        default: nil
        }
    }

    /// The format that usage is told in, also by what is no chat.
    public var answerFormat: WireFormat {
        switch self {
        case .messages, .countMessageTokens: .messages
        case .gemini: .generateContent
        case .responses: .responses
        case .cohereChat, .cohereEmbed: .cohereChat
        case .ollamaChat, .ollamaEmbed: .ollamaChat
        default: .chatCompletions
        }
    }

    /// Finds the operation of a path without its query.
    public static func route(_ verb: Verb, path: Span<UInt8>) -> Destination {
        guard let operation = operation(at: path) else { return .unknownPath }
        let wanted: Verb = operation.isInference ? .post : .get
        if verb == wanted { return .operation(operation) }
        return .wrongMethod(allow: wanted == .post ? "POST" : "GET")
    }

    private static func operation(at path: Span<UInt8>) -> Operation? {
        guard path.hasPrefix("/v1/") else {
            return path.hasPrefix("/v1") ? geminiOperation(at: path) : foreignOperation(at: path)
        }
        let rest = path.extracting(4..<path.count)
        if rest.equals("chat/completions") { return .chatCompletions }
        if rest.equals("completions") { return .completions }
        if rest.equals("embeddings") { return .embeddings }
        if rest.equals("messages") { return .messages }
        if rest.equals("responses") { return .responses }
        if rest.equals("models") { return .models }
        if rest.equals("messages/count_tokens") { return .countMessageTokens }
        guard rest.hasPrefix("models/"), rest.count > 7 else { return nil }
        let name = rest.extracting(7..<rest.count)
        return geminiMethod(name) ?? name.percentDecoded.map(Operation.model)
    }

    /// Cohere's and Ollama's calls.
    private static func foreignOperation(at path: Span<UInt8>) -> Operation? {
        if path.equals("/v2/chat") { return .cohereChat }
        if path.equals("/v2/embed") { return .cohereEmbed }
        if path.equals("/api/chat") { return .ollamaChat }
        if path.equals("/api/embed") { return .ollamaEmbed }
        if path.equals("/api/tags") { return .ollamaModels }
        return path.equals("/api/version") ? .ollamaVersion : nil
    }

    private static func geminiOperation(at path: Span<UInt8>) -> Operation? {
        guard path.hasPrefix("/v1beta/") || path.hasPrefix("/v1alpha/") else { return nil }
        let start = path.hasPrefix("/v1beta/") ? 8 : 9
        let rest = path.extracting(start..<path.count)
        if rest.equals("models") { return .geminiModels }
        guard rest.hasPrefix("models/"), rest.count > 7 else { return nil }
        let name = rest.extracting(7..<rest.count)
        return geminiMethod(name) ?? name.percentDecoded.map(Operation.geminiModel)
    }

    /// Reads `MODEL:METHOD`; model names may hold colons themselves.
    private static func geminiMethod(_ name: Span<UInt8>) -> Operation? {
        var colon = name.count - 1
        while colon > 0, name[colon] != UInt8(ascii: ":") { colon -= 1 }
        guard colon > 0,
            let method = GeminiMethod(name.extracting(colon + 1..<name.count)),
            let model = name.extracting(0..<colon).percentDecoded
        else { return nil }
        return .gemini(method, model: model)
    }
}

/// What can be asked of a Gemini model, behind the colon of the path.
public enum GeminiMethod: UInt8, Sendable, CaseIterable {
    case generateContent, streamGenerateContent, countTokens, embedContent, batchEmbedContents

    init?(_ word: Span<UInt8>) {
        for method in Self.allCases where word.equals(method.word) {
            self = method
            return
        }
        return nil
    }

    var word: StaticString {
        switch self {
        case .generateContent: "generateContent"
        case .streamGenerateContent: "streamGenerateContent"
        case .countTokens: "countTokens"
        case .embedContent: "embedContent"
        case .batchEmbedContents: "batchEmbedContents"
        }
    }

    var route: StaticString {
        switch self {
        case .generateContent: "/v1beta/models/{model}:generateContent"
        case .streamGenerateContent: "/v1beta/models/{model}:streamGenerateContent"
        case .countTokens: "/v1beta/models/{model}:countTokens"
        case .embedContent: "/v1beta/models/{model}:embedContent"
        case .batchEmbedContents: "/v1beta/models/{model}:batchEmbedContents"
        }
    }
}
