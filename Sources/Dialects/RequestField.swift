// SPDX-License-Identifier: Apache-2.0
import Core

/// The top-level members that the gateway acts upon; every other one is carried untouched.
enum RequestField: Int, CaseIterable {
    case model, stream, streamOptions, maxTokens, maxCompletionTokens, choiceCount, user
    case messages, prompt, input

    static var count: Int { 10 }

    init?(_ name: Span<UInt8>) {
        switch name.count {
        case 1 where name.equals("n"): self = .choiceCount
        case 4 where name.equals("user"): self = .user
        case 5 where name.equals("model"): self = .model
        case 5 where name.equals("input"): self = .input
        case 6 where name.equals("stream"): self = .stream
        case 6 where name.equals("prompt"): self = .prompt
        case 8 where name.equals("messages"): self = .messages
        case 10 where name.equals("max_tokens"): self = .maxTokens
        case 14 where name.equals("stream_options"): self = .streamOptions
        case 21 where name.equals("max_completion_tokens"): self = .maxCompletionTokens
        default: return nil
        }
    }

    var name: StaticString {
        switch self {
        case .model: "model"
        case .stream: "stream"
        case .streamOptions: "stream_options"
        case .maxTokens: "max_tokens"
        case .maxCompletionTokens: "max_completion_tokens"
        case .choiceCount: "n"
        case .user: "user"
        case .messages: "messages"
        case .prompt: "prompt"
        case .input: "input"
        }
    }

    var path: Bytes { Bytes(stringLiteral: name) }
}
