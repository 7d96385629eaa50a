// SPDX-License-Identifier: Apache-2.0

extension UpstreamKind {
    /// Azure's version of its API unless configured otherwise.
    public static let azureVersion = "2024-10-21"

    /// The calls that the provider serves in their own format, best first, behind its base.
    public func paths(basePath: String, apiVersion: String? = nil) -> CallPaths {
        switch self {
        case .openai: CallPaths(Self.compatiblePaths + [(.responses, "/responses")])
        case .azure: Self.azurePaths(basePath: basePath, apiVersion: apiVersion)
        case .anthropic:
            CallPaths([
                (.messages, "/messages"), (.countMessageTokens, "/messages/count_tokens"),
            ])
        case .gemini: CallPaths(Self.geminiPaths)
        case .ollama:
            CallPaths([
                (.ollamaChat, "/api/chat"), (.chatCompletions, "/v1/chat/completions"),
                (.completions, "/v1/completions"), (.embeddings, "/v1/embeddings"),
                (.ollamaEmbed, "/api/embed"),
            ])
        case .cohere:
            CallPaths([
                (.cohereChat, "/v2/chat"), (.cohereEmbed, "/v2/embed"),
            ])
        case .huggingface, .perplexity, .deepseek, .cerebras:
            CallPaths(Self.compatiblePaths.filter { $0.0 != .embeddings })
        case .xai: CallPaths(Self.compatiblePaths + [(.responses, "/responses")])
        case .custom: CallPaths()
        case .compatible, .vllm, .mistral, .groq, .openrouter, .together, .fireworks:
            CallPaths(Self.compatiblePaths)
        }
    }

    private static let compatiblePaths: [(UpstreamCall, String)] = [
        (.chatCompletions, "/chat/completions"), (.completions, "/completions"),
        (.embeddings, "/embeddings"),
    ]

    private static let geminiPaths: [(UpstreamCall, String)] = [
        (.generateContent, "/models/{model}:generateContent"),
        (.streamGenerateContent, "/models/{model}:streamGenerateContent?alt=sse"),
        (.streamGenerateArray, "/models/{model}:streamGenerateContent"),
        (.countTokens, "/models/{model}:countTokens"),
        (.embedContent, "/models/{model}:embedContent"),
        (.batchEmbedContents, "/models/{model}:batchEmbedContents"),
    ]

    /// Azure has one API with a deployment in each path, and one that is like OpenAI's own.
    private static func azurePaths(basePath: String, apiVersion: String?) -> CallPaths {
        let query = apiVersion.map { "?api-version=\($0)" } ?? ""
        if basePath.hasSuffix("/v1") {
            let like = compatiblePaths + [(.responses, "/responses")]
            return CallPaths(like.map { ($0, $1 + query) })
        }
        let version = "?api-version=\(apiVersion ?? azureVersion)"
        let prefix = basePath.hasSuffix("/openai") ? "" : "/openai"
        return CallPaths(
            compatiblePaths.map { ($0, "\(prefix)/deployments/{model}\($1)\(version)") })
    }
}
