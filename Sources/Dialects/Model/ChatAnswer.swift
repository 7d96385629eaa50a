// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// A whole answer, in no provider's words.
public struct ChatAnswer: Sendable {
    public var head = AnswerHead()
    public var choices: [AnswerChoice] = []
    public var usage: Usage?
    /// The usage object as it came, for its own format.
    public var rawUsage: Bytes?
    public var extras = Extras()

    public init() {}
}

/// What an answer says of itself before its first token.
public struct AnswerHead: Sendable, Equatable {
    public var id: EscapedText?
    public var model: EscapedText?
    /// Seconds since 1970.
    public var created: Int?
    public var serviceTier: EscapedText?
    public var fingerprint: EscapedText?

    public init() {}
}

/// One of the answers to a request.
public struct AnswerChoice: Sendable {
    public var index = 0
    public var parts: [ContentPart] = []
    public var finish: Finish?
    /// The tokens' probabilities as JSON, in the origin's form.
    public var logprobs: Bytes?
    /// Citations of text that came before, in a stream's event that has them apart; as JSON.
    public var citations: [Bytes] = []
    public var extras = Extras()
    /// Members of the message itself, where the format has one inside its choice (OpenAI).
    public var messageExtras = Extras()

    public init() {}
}

/// Why an answer ended.
public struct Finish: Sendable, Equatable {
    public var reason: FinishReason
    /// The provider's own word.
    public var word: EscapedText?
    /// The stop sequence that was met, where the provider tells.
    public var stopSequence: EscapedText?

    public init(_ reason: FinishReason, word: EscapedText? = nil) {
        self.reason = reason
        self.word = word
    }
}

/// The closed list of reasons for which answers end.
public enum FinishReason: UInt8, Sendable, Equatable, CaseIterable {
    /// The model was done, or met a stop sequence.
    case stop
    case stopSequence
    /// The limit on output tokens, or the context window, was reached.
    case length
    case toolCalls
    /// A provider's filter cut it.
    case contentFilter
    /// The model refused.
    case refusal
    /// The provider paused a long turn; it goes on when sent back.
    case pause
    /// The provider failed in the middle.
    case error
    /// A word that we do not know; `Finish.word` has it.
    case other
}
