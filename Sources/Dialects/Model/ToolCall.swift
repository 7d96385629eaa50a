// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// A call that the model made.
public struct ToolCall: Sendable, Equatable {
    /// Nil where the format has none (Gemini, Ollama); an encoder that needs one makes it.
    public var id: EscapedText?
    public var name: EscapedText
    /// The arguments as the model wrote them: the text of a JSON object, or what was meant as one.
    public var arguments: Bytes
    /// See `Thought.signature`; Gemini signs calls.
    public var signature: EscapedText?
    /// The item's own name beside `id` (Responses).
    public var itemID: EscapedText?

    public init(id: EscapedText?, name: EscapedText, arguments: Bytes) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a tool answered.
public struct ToolResult: Sendable {
    /// The call's id; nil where the format goes by name and order.
    public var callID: EscapedText?
    public var name: EscapedText?
    public var content: [ContentPart]
    /// The result as a JSON object, where the format has it so (Gemini); then `content` is empty.
    public var object: Bytes?
    public var isError = false
    /// True if the origin wrote the content as a plain string.
    public var isPlain = false

    public init(callID: EscapedText?, content: [ContentPart] = []) {
        self.callID = callID
        self.content = content
    }
}
