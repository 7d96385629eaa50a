// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// One step of a streamed answer, in no provider's words.
///
/// Parts follow one another: text, thought and tool calls are told apart by their events. Decoders
/// that see the borders of parts tell them with `partStart` and `partEnd`; encoders must not need
/// them, since most formats do not have them.
public enum StreamEvent: Sendable {
    /// The first event, once.
    case start(AnswerHead)
    /// A part begins at the origin; what it is.
    case partStart(PartKind)
    case partEnd
    case text(EscapedText)
    case reasoning(EscapedText)
    /// See `Thought.signature`, for the thought or call that runs.
    case signature(EscapedText)
    /// See `Thought.sealed`; a part of its own.
    case sealedReasoning(EscapedText)
    case refusal(EscapedText)
    /// A call begins; `index` counts the calls of this choice from 0.
    case toolCall(index: Int, id: EscapedText?, name: EscapedText)
    /// More of the arguments' text of a call that has begun.
    case toolArguments(index: Int, EscapedText)
    /// A citation or annotation of the text so far, in the origin's form, as JSON.
    case citation(Bytes)
    /// Probabilities of the tokens of this step, in the origin's form, as JSON.
    case logprobs(Bytes)
    /// An image or a sound in the answer.
    case media(ContentPart)
    case finish(Finish)
    /// The tokens so far; the last one holds.
    case usage(Usage)
    /// The provider's error in the middle of a stream.
    case error(ProviderError)
    case ping
    /// A part or event that only its origin knows, as JSON.
    case foreign(type: EscapedText, json: Bytes)
    /// The origin says that nothing follows.
    case done
}

/// What a part of an answer holds.
public enum PartKind: UInt8, Sendable, Equatable {
    case text, reasoning, sealedReasoning, refusal, toolCall, media, foreign
}

/// What one event of an origin's stream said: its steps, and what only the origin understands.
///
/// A frame stands for one event on the wire, so that the same format can write the same events.
public struct StreamFrame: Sendable {
    /// The choice that the steps belong to.
    public var choice = 0
    public var events: [StreamEvent] = []
    public var extras = Extras()
    /// What stood on the wire, for an encoder of the same format, which writes it as it is.
    public var source: SourceEvent?

    public init() {}
}

/// One event of a stream as its origin sent it.
public struct SourceEvent: Sendable {
    public var format: WireFormat
    /// The event's name; empty if it had none.
    public var name = Bytes()
    /// Nil in all frames of an event but the first, so that it is written once.
    public var payload: Bytes?

    public init(format: WireFormat, name: Bytes = Bytes(), payload: Bytes?) {
        self.format = format
        self.name = name
        self.payload = payload
    }
}
