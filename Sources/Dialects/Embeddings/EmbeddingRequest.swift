// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// A request for embeddings, in no provider's words.
public struct EmbeddingRequest: Sendable {
    public var model = EscapedText()
    public var inputs: [EmbeddingInput] = []
    /// True if the caller wrote one input and no list.
    public var isPlain = false
    /// Numbers wanted per vector.
    public var dimensions: Int?
    /// The form in which the caller wants the vectors.
    public var encoding = EmbeddingEncoding.float
    /// Whether the caller named the form.
    public var statesEncoding = false
    /// What the vectors are for, in the origin's word (`RETRIEVAL_QUERY`, `search_document`).
    public var task: EscapedText?
    public var user: EscapedText?
    public var extras = Extras()

    public init() {}
}

/// One thing to embed.
public enum EmbeddingInput: Sendable, Equatable {
    case text(EscapedText)
    /// A JSON array of token numbers, of the model's own tokenizer.
    case tokens(Bytes)
}

/// How a vector is written.
public enum EmbeddingEncoding: Sendable, Equatable {
    case float
    /// Little-endian 32-bit floats (OpenAI).
    case base64
}

/// Vectors, in no provider's words.
public struct EmbeddingAnswer: Sendable {
    public var id: EscapedText?
    public var model: EscapedText?
    /// In the order of the inputs.
    public var vectors: [EmbeddingVector] = []
    public var usage: Usage?
    public var extras = Extras()

    public init() {}
}

/// One vector as its provider wrote it.
public enum EmbeddingVector: Sendable, Equatable {
    /// A JSON array of numbers.
    case numbers(Bytes)
    /// Little-endian 32-bit floats in base64.
    case base64(EscapedText)
}

/// A way to write embeddings on the wire.
public enum EmbeddingFormat: UInt8, Sendable, CaseIterable {
    /// OpenAI `POST /v1/embeddings`, and what is compatible with it.
    case openAI
    /// Gemini `:batchEmbedContents`.
    case geminiBatch
    /// Gemini `:embedContent`, one input alone.
    case geminiSingle
    /// Cohere `POST /v2/embed`.
    case cohere
    /// Ollama `POST /api/embed`.
    case ollama
}
