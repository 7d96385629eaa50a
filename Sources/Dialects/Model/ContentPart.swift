// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// One piece of a message's or an answer's content.
public struct ContentPart: Sendable {
    public var kind: Kind
    /// The provider's cache keeps the prompt up to here: Anthropic's `cache_control`, as JSON.
    public var cacheMark: Bytes?
    /// What a text rests on, in the origin's form, as JSON; extras may hold it once more.
    public var citations: [Bytes] = []
    public var extras = Extras()

    public init(_ kind: Kind) { self.kind = kind }

    /// What the piece holds.
    public enum Kind: Sendable {
        case text(EscapedText)
        case image(MediaSource, detail: EscapedText?)
        case audio(MediaSource)
        case video(MediaSource)
        /// A document, with its name.
        case file(MediaSource, name: EscapedText?)
        case reasoning(Thought)
        case refusal(EscapedText)
        case toolCall(ToolCall)
        case toolResult(ToolResult)
        /// A part that only its origin knows, whole, as JSON; carried in its own format alone.
        case foreign(type: EscapedText, json: Bytes)
    }
}

/// Where the bytes of an image, sound or document are.
public enum MediaSource: Sendable, Equatable {
    /// Fetched by the provider, never by the gateway unless configured.
    case url(EscapedText, mediaType: EscapedText?)
    case base64(EscapedText, mediaType: EscapedText)
    /// A file stored at the provider.
    case stored(id: EscapedText, mediaType: EscapedText?)
    /// Plain text as a document.
    case text(EscapedText)
}

/// What a model thought before it answered.
public struct Thought: Sendable, Equatable {
    /// Nil when only the signature or the sealed form is shown.
    public var text: EscapedText?
    /// Proves to its provider in a later turn that the thought is the model's own.
    public var signature: EscapedText?
    /// The thought in a form that only its provider can read.
    public var sealed: EscapedText?
    /// Whose proof or sealed form it is; nil if it has none.
    public var origin: WireFormat?
    /// The item's name at its provider (Responses).
    public var id: EscapedText?

    public init(text: EscapedText? = nil) { self.text = text }
}
