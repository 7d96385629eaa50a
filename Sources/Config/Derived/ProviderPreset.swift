// SPDX-License-Identifier: Apache-2.0
import Upstreams

/// A provider that a well-known environment variable is enough to configure.
struct ProviderPreset: Sendable {
    let name: String
    let kind: UpstreamKind
    /// The first one that is set holds the key.
    let keyVariables: [String]
    /// Holds another address than the public one.
    let baseVariable: String?
    let base: String
    /// Model names that are this provider's, beside `NAME/*`.
    let patterns: [String]

    /// All that are looked for, in the order in which they are tried and listed; Ollama is apart,
    /// since its variable holds an address.
    static let all: [ProviderPreset] = [
        known(.openai, keys: ["OPENAI_API_KEY"], base: "OPENAI_BASE_URL"),
        known(.anthropic, keys: ["ANTHROPIC_API_KEY"], base: "ANTHROPIC_BASE_URL"),
        known(.gemini, keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
        known(.azure, keys: ["AZURE_OPENAI_API_KEY"], base: "AZURE_OPENAI_ENDPOINT"),
        known(.groq, keys: ["GROQ_API_KEY"]),
        known(.mistral, keys: ["MISTRAL_API_KEY"]),
        known(.cohere, keys: ["COHERE_API_KEY", "CO_API_KEY"]),
        known(.deepseek, keys: ["DEEPSEEK_API_KEY"]),
        known(.xai, keys: ["XAI_API_KEY"]),
        known(.openrouter, keys: ["OPENROUTER_API_KEY"]),
        known(.together, keys: ["TOGETHER_API_KEY"]),
        known(.perplexity, keys: ["PERPLEXITY_API_KEY"]),
        known(.cerebras, keys: ["CEREBRAS_API_KEY"]),
        known(.fireworks, keys: ["FIREWORKS_API_KEY"]),
        known(.huggingface, keys: ["HF_TOKEN"]),
        known(.vllm, keys: ["VLLM_API_KEY"], base: "VLLM_BASE_URL"),
    ]

    private static func known(
        _ kind: UpstreamKind, keys: [String], base: String? = nil
    ) -> ProviderPreset {
        ProviderPreset(
            name: kind.rawValue, kind: kind, keyVariables: keys, baseVariable: base,
            base: kind.publicBase ?? "", patterns: kind.modelPatterns)
    }
}
