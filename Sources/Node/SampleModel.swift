// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Gateway
internal import Upstreams

/// Finds a model for the first request that a newcomer makes.
enum SampleModel {
    /// Small models of the providers that an environment variable configures.
    private static let known: [String: String] = [
        "simulated": "simulated/demo",
        "openai": "gpt-4o-mini",
        "anthropic": "claude-haiku-4-5",
        "gemini": "gemini-2.5-flash",
        "groq": "groq/llama-3.1-8b-instant",
        "mistral": "mistral-small-latest",
        "deepseek": "deepseek-chat",
        "xai": "grok-3-mini",
        "openrouter": "openrouter/openrouter/auto",
        "together": "together/meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "ollama": "ollama/llama3.2",
    ]

    /// A name that is configured as it stands, else one that its provider is known to have.
    static func find(_ snapshot: Snapshot) -> String? {
        let exact = snapshot.routes.routes.first { !$0.name.utf8.contains(UInt8(ascii: "*")) }
        if let exact { return exact.name }
        let names = snapshot.upstreams.compactMap { known[$0.name] }
        return names.first { snapshot.routes.find(Bytes($0)) != nil }
    }
}
