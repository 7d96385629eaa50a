// SPDX-License-Identifier: Apache-2.0
import Dialects

extension GoldenFormat {
    /// The formats of the matrix: one line each.
    static let all: [GoldenFormat] = [
        GoldenFormat(ChatCompletionsFormat.self),
        GoldenFormat(MessagesFormat.self),
        GoldenFormat(GenerateContentFormat.self),
        GoldenFormat(OllamaChatFormat.self),
        GoldenFormat(CohereChatFormat.self),
        GoldenFormat(ResponsesFormat.self),
    ]

    /// Formats that callers may speak; the others are providers' alone.
    static let ingress = all.filter {
        [.chatCompletions, .responses, .messages, .generateContent].contains($0.format)
    }

    /// The format of a recording; nil while nobody has written it.
    static func of(_ format: WireFormat) -> GoldenFormat? { all.first { $0.format == format } }
}
