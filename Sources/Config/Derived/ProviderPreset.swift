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
        known(.gemini, keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"], base: nil),
        compatible("groq", "GROQ_API_KEY", "https://api.groq.com/openai/v1", []),
        compatible(
            "mistral", "MISTRAL_API_KEY", "https://api.mistral.ai/v1",
            [
                "mistral-*", "ministral-*", "magistral-*", "codestral-*", "devstral-*",
                "pixtral-*", "open-mistral-*",
            ]),
        compatible("deepseek", "DEEPSEEK_API_KEY", "https://api.deepseek.com/v1", ["deepseek-*"]),
        compatible("xai", "XAI_API_KEY", "https://api.x.ai/v1", ["grok-*"]),
        compatible("openrouter", "OPENROUTER_API_KEY", "https://openrouter.ai/api/v1", []),
        compatible("together", "TOGETHER_API_KEY", "https://api.together.xyz/v1", []),
    ]

    private static func known(
        _ kind: UpstreamKind, keys: [String], base: String?
    ) -> ProviderPreset {
        ProviderPreset(
            name: kind.rawValue, kind: kind, keyVariables: keys, baseVariable: base,
            base: kind.publicBase ?? "", patterns: kind.modelPatterns)
    }

    private static func compatible(
        _ name: String, _ key: String, _ base: String, _ patterns: [String]
    ) -> ProviderPreset {
        ProviderPreset(
            name: name, kind: .compatible, keyVariables: [key], baseVariable: nil, base: base,
            patterns: patterns)
    }
}
