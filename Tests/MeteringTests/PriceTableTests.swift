// SPDX-License-Identifier: Apache-2.0
import Core
import Metering
import Testing

@Suite struct PriceTableTests {
    private func input(_ providers: [String], _ model: String) -> Int64? {
        PriceTable.builtIn.price(providers: providers, model: model)?.base.input.value
    }

    @Test(
        "a version has the price of the longest name that it is a version of",
        arguments: [
            ("openai", "gpt-4o-mini-2024-07-18", 150_000_000),
            ("openai", "gpt-4o-2024-08-06", 2_500_000_000),
            ("openai", "GPT-4o", 2_500_000_000),
            ("openai", "gpt-5-mini-2025-08-07", 250_000_000),
            ("openai", "gpt-5.2-chat", 1_750_000_000),
            ("openai", "gpt-4-turbo-preview", 10_000_000_000),
            ("openai", "openai/gpt-4.1-mini", 400_000_000),
            ("anthropic", "claude-opus-4-20250514", 15_000_000_000),
            ("anthropic", "claude-opus-4-5@20251101", 5_000_000_000),
            ("anthropic", "claude-3-7-sonnet-20250219", 3_000_000_000),
            ("anthropic", "anthropic/claude-haiku-4-5", 1_000_000_000),
            ("gemini", "models/gemini-2.5-pro", 1_250_000_000),
            ("gemini", "publishers/google/models/gemini-2.5-pro", 1_250_000_000),
            ("gemini", "gemini-2.5-flash-preview-09-2025", 300_000_000),
            ("groq", "openai/gpt-oss-120b", 150_000_000),
            ("minimax", "MiniMax-M2.5", 300_000_000),
            ("openrouter", "openai/gpt-4o-mini", 150_000_000),
            ("openrouter", "google/gemini-2.5-pro", 1_250_000_000),
            ("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 1_000_000_000),
        ])
    func versions(_ provider: String, _ model: String, _ price: Int64) {
        #expect(input([provider], model) == price)
    }

    @Test(
        "what only looks like a version is another model, and has no price",
        arguments: [
            ("openai", "gpt-4o-audio-preview"), ("openai", "gpt-4o-realtime-preview-2024-12-17"),
            ("openai", "gpt-4o-transcribe"), ("openai", "gpt-5-7"), ("openai", "gpt-4-32k"),
            ("openai", "gpt-4-1106-preview"), ("openai", "gpt-4o-2024-05-13"),
            ("openai", "gpt"), ("openai", ""), ("openai", "-"), ("openai", "/"),
            ("anthropic", "claude-opus-4-9"), ("anthropic", "claude-sonnet-5-6-20270101"),
            ("gemini", "gemini-2.5-flash-image"), ("mistral", "mistral-large-2411"),
            ("ollama", "gpt-4o"), ("groq", "openai/gpt-4o"), ("local", "llama3"),
        ])
    func unpriced(_ provider: String, _ model: String) {
        #expect(PriceTable.builtIn.price(provider: provider, model: model) == nil)
    }

    @Test("a provider is known by any of its names, the first one first")
    func names() {
        #expect(input(["my-azure", "openai"], "gpt-4o-mini") == 150_000_000)
        #expect(input(["groq", "openai"], "openai/gpt-oss-20b") == 75_000_000)
    }

    private func flat(_ dollars: Int64) -> ModelPrice {
        ModelPrice(TokenRates(input: .dollars(dollars), output: .dollars(dollars)))
    }

    @Test("an operator's price goes before the table's, the narrower one first")
    func overrides() {
        let table = PriceTable.builtIn.overridden(by: [
            PriceOverride(model: "gpt-4o*", price: flat(1)),
            PriceOverride(model: "gpt-4o", price: flat(2)),
            PriceOverride(provider: "azure-eu", model: "gpt-4o", price: flat(3)),
            PriceOverride(provider: "local", model: "*", price: flat(0)),
        ])
        func input(_ provider: String, _ model: String) -> NanoDollars? {
            table.price(providers: [provider, "openai"], model: model)?.base.input
        }
        #expect(input("openai", "gpt-4o") == .dollars(2))
        #expect(input("openai", "gpt-4o-2024-11-20") == .dollars(2))
        #expect(input("openai", "openai/gpt-4o-audio-preview") == .dollars(1))
        #expect(input("azure-eu", "gpt-4o") == .dollars(3))
        #expect(input("local", "whatever") == .zero)
        #expect(input("openai", "whatever") == nil)
        let later = table.overridden(by: [PriceOverride(model: "gpt-4o", price: flat(4))])
        #expect(later.price(provider: "openai", model: "gpt-4o")?.base.input == .dollars(4))
    }

    @Test("facts are found by the names that prices are found by")
    func facts() {
        let facts = PriceTable.builtIn.facts(providers: ["openai"], model: "gpt-5-2025-08-07")
        #expect(facts?.contextWindow == 272_000 && facts?.maximumOutput == 128_000)
        #expect(facts?.abilities.isSuperset(of: [.chat, .tools, .images, .reasoning]) == true)
        #expect(facts?.abilities.contains(.embeddings) == false)
        let vectors = PriceTable.builtIn.facts(
            providers: ["gemini"], model: "models/gemini-embedding-001")
        #expect(vectors?.abilities == .embeddings && vectors?.maximumOutput == nil)
        #expect(PriceTable.builtIn.facts(providers: ["ollama"], model: "llama3.2") == nil)
    }
}
