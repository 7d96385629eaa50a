// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// A request for a chat answer, in no provider's words: what any two formats share.
///
/// What only its origin knows is kept beside it in `extras`, here and in the parts below.
public struct ChatRequest: Sendable {
    /// The model's name as the caller wrote it.
    public var model = EscapedText()
    /// In order; system and developer text stands where the caller put it, or first.
    public var messages: [ChatMessage] = []
    public var tools: [ToolDefinition] = []
    public var toolChoice: ToolChoice?
    /// Whether the model may call several tools at once.
    public var parallelToolCalls: Bool?
    public var output = OutputFormat.text
    public var sampling = Sampling()
    public var reasoning: ReasoningOptions?
    /// Most tokens of the answer.
    public var maxTokens: Int?
    public var stop: [EscapedText] = []
    public var stream = false
    /// Whether a stream is to end with the usage (OpenAI's `stream_options.include_usage`).
    public var includesUsage = false
    /// The caller's end user.
    public var user: EscapedText?
    /// A JSON object of the caller's own labels.
    public var metadata: Bytes?
    public var serviceTier: EscapedText?
    /// Kinds of output wanted beside text, such as `audio`; a JSON array.
    public var modalities: Bytes?
    public var spelling: Spelling = []
    public var extras = Extras()

    public init() {}

    /// How the caller wrote what a format can say in two ways; its own encoder writes it so again.
    public struct Spelling: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The limit on tokens by OpenAI's older name, `max_tokens`.
        public static let olderLimit = Spelling(rawValue: 1)
        /// One stop sequence as a string and not as a list.
        public static let plainStop = Spelling(rawValue: 2)
        /// `stream` was there, also when it was false.
        public static let statedStream = Spelling(rawValue: 4)
        /// The tools were a list, also when it was empty.
        public static let statedTools = Spelling(rawValue: 8)
        /// The input was a string and not a list (Responses).
        public static let plainInput = Spelling(rawValue: 16)
    }
}

/// How the next token is drawn; numbers keep the digits they were written with.
public struct Sampling: Sendable, Equatable {
    public var temperature: Bytes?
    public var topP: Bytes?
    public var topK: Bytes?
    public var frequencyPenalty: Bytes?
    public var presencePenalty: Bytes?
    public var seed: Bytes?
    /// Answers wanted (OpenAI's `n`, Gemini's `candidateCount`).
    public var candidates: Int?
    /// Whether the answer carries the probabilities of its tokens.
    public var logprobs: Bool?
    /// Alternatives told per token.
    public var topLogprobs: Int?
    /// A JSON object from token numbers to biases.
    public var logitBias: Bytes?

    public init() {}
}

/// How much the model thinks before it answers, and what of it is shown.
public struct ReasoningOptions: Sendable, Equatable {
    /// `none`, `minimal`, `low`, `medium`, `high`, or a provider's own word.
    public var effort: EscapedText?
    /// Most tokens of thought; 0 turns it off where that is possible, -1 leaves it to the model.
    public var budgetTokens: Int?
    /// Whether the caller wants to see the thoughts.
    public var includesThoughts: Bool?
    /// OpenAI's kind of summary: `auto`, `concise`, `detailed`.
    public var summary: EscapedText?
    /// Anthropic's `thinking.type` when it is neither plain on nor off, such as `adaptive`.
    public var mode: EscapedText?

    public init() {}
}

/// The form of the answer's text.
public enum OutputFormat: Sendable, Equatable {
    case text
    /// Any JSON object.
    case json
    /// JSON that follows this schema.
    case schema(OutputSchema)
}

/// A JSON schema for the answer.
public struct OutputSchema: Sendable, Equatable {
    public var name: EscapedText?
    public var description: EscapedText?
    /// The schema's JSON text.
    public var schema: Bytes
    public var isStrict: Bool?

    public init(schema: Bytes) { self.schema = schema }
}
