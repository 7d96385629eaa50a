// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Upstreams

/// The path of one call at one upstream, base included, cut where the model's name goes.
///
/// One object per call and pool: looking one up counts one reference.
final class CallPath {
    /// `POST ` and what stands before the model's name.
    private let before: Bytes
    /// What stands behind it, up to a parameter that still wants its credential.
    private let after: Bytes
    private let namesModel: Bool

    init(_ template: String, upstream: Upstream) {
        let whole = upstream.basePath + template
        let mark = "{model}"
        var parts = [Substring(whole)]
        if let start = Self.position(of: mark, in: whole) {
            let end = whole.index(start, offsetBy: mark.count)
            parts = [whole[..<start], whole[end...]]
        }
        before = Bytes("POST \(parts[0])")
        namesModel = parts.count == 2
        var rest = parts.count == 2 ? String(parts[1]) : ""
        if let parameter = upstream.credentialParameter, !upstream.credentials.isEmpty {
            rest += "\(whole.contains("?") ? "&" : "?")\(parameter)="
        }
        after = Bytes(rest)
    }

    private static func position(of mark: String, in text: String) -> String.Index? {
        text.indices.first { text[$0...].hasPrefix(mark) }
    }

    /// Appends the request line but for a credential that it may carry.
    func append(model: Bytes, to writer: inout ByteWriter) {
        writer.append(before)
        guard namesModel || !after.isEmpty else { return }
        if namesModel { writer.append(pathSegment: model.span) }
        writer.append(after)
    }
}

extension Operation {
    /// The call that serves the operation as it stands.
    func call(isArray: Bool) -> UpstreamCall {
        switch self {
        case .chatCompletions: .chatCompletions
        case .completions: .completions
        case .embeddings: .embeddings
        case .responses: .responses
        case .messages: .messages
        case .countMessageTokens: .countMessageTokens
        case .gemini(.generateContent, _): .generateContent
        case .gemini(.streamGenerateContent, _):
            isArray ? .streamGenerateArray : .streamGenerateContent
        case .gemini(.countTokens, _): .countTokens
        case .gemini(.embedContent, _): .embedContent
        case .gemini(.batchEmbedContents, _): .batchEmbedContents
        case .cohereChat: .cohereChat
        case .cohereEmbed: .cohereEmbed
        case .ollamaChat: .ollamaChat
        case .ollamaEmbed: .ollamaEmbed
        case .models, .model, .geminiModels, .geminiModel, .ollamaModels, .ollamaVersion:
            preconditionFailure("lists of models are answered here")
        }
    }
}

extension UpstreamCall {
    /// The wire format of a chat call; nil for others.
    var chatFormat: WireFormat? {
        switch self {
        case .chatCompletions: .chatCompletions
        case .responses: .responses
        case .messages: .messages
        case .generateContent, .streamGenerateContent, .streamGenerateArray: .generateContent
        case .ollamaChat: .ollamaChat
        case .cohereChat: .cohereChat
        default: nil
        }
    }
}
