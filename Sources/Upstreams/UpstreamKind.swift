// SPDX-License-Identifier: Apache-2.0

/// Which provider's conventions an upstream follows.
public enum UpstreamKind: String, Sendable, CaseIterable {
    case openai
    case azure
    case anthropic
    case gemini
    case ollama
    case cohere
    case huggingface
    case compatible = "openai-compatible"
    /// Everything is said in the configuration.
    case custom
    // OpenAI-compatible ones whose address is known.
    case vllm
    case mistral
    case groq
    case deepseek
    case xai
    case openrouter
    case together
    case perplexity
    case cerebras
    case fireworks

    /// The field that carries the credential unless configured otherwise, in lower case.
    public var credentialField: String {
        switch self {
        case .anthropic: "x-api-key"
        case .gemini: "x-goog-api-key"
        case .azure: "api-key"
        default: "authorization"
        }
    }

    /// The provider's public address, if it has one.
    public var publicBase: String? {
        switch self {
        case .openai: "https://api.openai.com/v1"
        case .anthropic: "https://api.anthropic.com/v1"
        case .gemini: "https://generativelanguage.googleapis.com/v1beta"
        case .ollama: "http://127.0.0.1:11434"
        case .cohere: "https://api.cohere.com"
        case .huggingface: "https://router.huggingface.co/v1"
        case .vllm: "http://127.0.0.1:8000/v1"
        case .mistral: "https://api.mistral.ai/v1"
        case .groq: "https://api.groq.com/openai/v1"
        case .deepseek: "https://api.deepseek.com/v1"
        case .xai: "https://api.x.ai/v1"
        case .openrouter: "https://openrouter.ai/api/v1"
        case .together: "https://api.together.xyz/v1"
        case .perplexity: "https://api.perplexity.ai"
        case .cerebras: "https://api.cerebras.ai/v1"
        case .fireworks: "https://api.fireworks.ai/inference/v1"
        case .azure, .compatible, .custom: nil
        }
    }

    /// Model names that are this provider's when nothing is configured.
    public var modelPatterns: [String] {
        switch self {
        case .openai:
            [
                "gpt-*", "chatgpt-*", "o1*", "o3*", "o4*", "text-embedding-*", "davinci-*",
                "babbage-*",
            ]
        case .anthropic: ["claude-*"]
        case .gemini: ["gemini-*", "gemma-*"]
        case .cohere: ["command-*", "embed-*"]
        case .mistral:
            [
                "mistral-*", "ministral-*", "magistral-*", "codestral-*", "devstral-*",
                "pixtral-*", "open-mistral-*",
            ]
        case .deepseek: ["deepseek-*"]
        case .xai: ["grok-*"]
        case .perplexity: ["sonar", "sonar-*"]
        default: []
        }
    }
}
