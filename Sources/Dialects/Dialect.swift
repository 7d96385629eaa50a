// SPDX-License-Identifier: Apache-2.0
public import Core

/// An API that clients speak; errors take the caller's.
public enum Dialect: UInt8, Sendable, Hashable, CaseIterable {
    case openAI, anthropic, gemini

    /// The name in metrics and logs.
    public var label: StaticString {
        switch self {
        case .openAI: "openai"
        case .anthropic: "anthropic"
        case .gemini: "gemini"
        }
    }

    /// What may stand between two events of a stream, and says nothing.
    ///
    /// Gemini's SDK takes each line that is not empty for JSON, comments too.
    public var keepAlive: Bytes { self == .gemini ? "\r\n" : ": keep-alive\n\n" }

    /// The dialect that a path belongs to, also one that leads nowhere; OpenAI's in doubt.
    public init(path: Span<UInt8>) {
        if path.hasPrefix("/v1beta/") || path.hasPrefix("/v1alpha/") {
            self = .gemini
        } else if path.hasPrefix("/v1/messages") {
            self = .anthropic
        } else {
            self = .openAI
        }
    }
}
