// SPDX-License-Identifier: Apache-2.0
public import JSON

/// What an encoder has to know of the target that a request goes to.
public struct TargetTraits: Sendable {
    /// The model's name there.
    public var model: EscapedText
    /// What becomes of fields that the format does not know.
    public var unknownFields = FieldPolicy.drop
    /// False for models that refuse temperature and its like.
    public var takesSampling = true
    /// The answer's limit in tokens where the format demands one and the caller gave none.
    public var defaultMaxTokens = 4096
    /// True for OpenAI's own models, which know `max_completion_tokens`; others know `max_tokens`.
    public var takesCompletionLimit = true

    public var thinking = ThinkingControl.budget

    public init(model: EscapedText) { self.model = model }
}

/// What becomes of a request's field that the target's format does not know; set per route.
public enum FieldPolicy: String, Sendable, CaseIterable {
    /// Sent on under its own name.
    case forward
    /// Left out, and named in the answer's `x-apus-dropped` field.
    case drop
    /// Refused with 400.
    case reject
}

/// How a target is told how much to think.
public enum ThinkingControl: String, Sendable, CaseIterable {
    /// By a number of tokens.
    case budget
    /// By a word for the effort; the model sees to the rest.
    case effort
    /// Not at all.
    case none
}
