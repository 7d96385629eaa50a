// SPDX-License-Identifier: Apache-2.0
public import Core

/// An API that clients speak; errors take the caller's.
public enum Dialect: UInt8, Sendable, Hashable, CaseIterable {
    case openAI, anthropic, gemini, cohere, ollama

    /// The name in metrics and logs.
    public var label: StaticString {
        switch self {
        case .openAI: "openai"
        case .anthropic: "anthropic"
        case .gemini: "gemini"
        case .cohere: "cohere"
        case .ollama: "ollama"
        }
    }

    /// What may stand between two events of a stream, and says nothing; empty if nothing may.
    public var keepAlive: Bytes {
        switch self {
        // Gemini's SDK takes each line that is not empty for JSON, comments too.
        case .gemini: "\r\n"
        // Ollama's takes the empty ones as well.
        case .ollama: ""
        case .openAI, .anthropic, .cohere: ": keep-alive\n\n"
        }
    }

    /// The dialect that a path belongs to, also one that leads nowhere; OpenAI's in doubt.
    public init(path: Span<UInt8>) {
        if path.hasPrefix("/v1beta/") || path.hasPrefix("/v1alpha/") {
            self = .gemini
        } else if path.hasPrefix("/v1/messages") {
            self = .anthropic
        } else if path.hasPrefix("/v2/") {
            self = .cohere
        } else if path.hasPrefix("/api/") {
            self = .ollama
        } else {
            self = .openAI
        }
    }
}
