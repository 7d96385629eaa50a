// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// What a stream or answer encoder has to know of the caller.
public struct CallerTraits: Sendable {
    /// The model's name as the caller asked for it; used when the answer names none.
    public var model: EscapedText
    /// Seconds since 1970, for answers that carry no time.
    public var now: Int
    /// Made up for this exchange, for answers that carry no id; no escapes needed.
    public var exchangeID: Bytes
    /// The format that the provider answers in; nil where nobody can tell.
    public var provider: WireFormat?
    /// Whether the stream shall end with the usage (OpenAI).
    public var includesUsage = false
    /// True if the Gemini stream is one JSON array instead of server-sent events.
    public var isArrayStream = false

    public init(model: EscapedText, now: Int, exchangeID: Bytes) {
        self.model = model
        self.now = now
        self.exchangeID = exchangeID
    }
}
