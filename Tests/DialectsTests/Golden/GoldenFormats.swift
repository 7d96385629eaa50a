// SPDX-License-Identifier: Apache-2.0
import Dialects

extension GoldenFormat {
    /// The formats of the matrix.
    static let all = WireFormat.allCases.map(of)

    /// Formats that callers may speak; the others are providers' alone.
    static let ingress = all.filter {
        [.chatCompletions, .responses, .messages, .generateContent].contains($0.format)
    }

    /// The format of a recording; there is none without.
    static func of(_ format: WireFormat) -> GoldenFormat {
        switch format {
        case .chatCompletions: GoldenFormat(ChatCompletionsFormat.self)
        case .responses: GoldenFormat(ResponsesFormat.self)
        case .messages: GoldenFormat(MessagesFormat.self)
        case .generateContent: GoldenFormat(GenerateContentFormat.self)
        case .ollamaChat: GoldenFormat(OllamaChatFormat.self)
        case .cohereChat: GoldenFormat(CohereChatFormat.self)
        }
    }
}
