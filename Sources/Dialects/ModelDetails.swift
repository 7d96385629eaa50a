// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// What lists of models tell beside a model's name, as far as it is known.
public struct ModelDetails: Sendable, Equatable {
    /// Tokens that go in at once.
    public var contextWindow: Int?
    /// Tokens of the longest answer.
    public var maximumOutput: Int?
    /// Nil where it is not known what the model can do.
    public var abilities: Abilities?
    /// Nano-dollars for a million tokens.
    public var prices: Prices?

    /// What the model can do.
    public struct Abilities: Sendable, Equatable {
        public var isEmbedding = false
        public var tools = false
        public var parallelTools = false
        public var schemas = false
        public var images = false
        public var audio = false
        public var documents = false
        public var reasoning = false

        public init() {}
    }

    /// What a million tokens cost.
    public struct Prices: Sendable, Equatable {
        public var input: NanoDollars
        public var output: NanoDollars
        public var cachedInput: NanoDollars?
        public var cacheWrite: NanoDollars?

        public init(input: NanoDollars, output: NanoDollars) {
            self.input = input
            self.output = output
        }
    }

    public init() {}

    // MARK: - OpenRouter's members, for the dialects without words of their own

    func writeModalities(_ json: inout JSONWriter) {
        guard let abilities else { return }
        json.key("architecture")
        json.beginObject()
        json.key("input_modalities")
        json.beginArray()
        json.string("text" as StaticString)
        if abilities.images { json.string("image" as StaticString) }
        if abilities.documents { json.string("file" as StaticString) }
        if abilities.audio { json.string("audio" as StaticString) }
        json.endArray()
        json.key("output_modalities")
        json.beginArray()
        json.string(abilities.isEmbedding ? "embeddings" as StaticString : "text")
        json.endArray()
        json.endObject()
    }

    func writeParameters(_ json: inout JSONWriter) {
        guard let abilities, !abilities.isEmbedding else { return }
        json.key("supported_parameters")
        json.beginArray()
        json.string("max_tokens" as StaticString)
        if abilities.tools {
            json.string("tools" as StaticString)
            json.string("tool_choice" as StaticString)
        }
        if abilities.parallelTools { json.string("parallel_tool_calls" as StaticString) }
        if abilities.schemas {
            json.string("response_format" as StaticString)
            json.string("structured_outputs" as StaticString)
        }
        if abilities.reasoning { json.string("reasoning" as StaticString) }
        json.endArray()
    }

    /// Prices are decimal texts, in US dollars for one token.
    func writePricing(_ json: inout JSONWriter) {
        guard let prices else { return }
        json.key("pricing")
        json.beginObject()
        Self.write(prices.input, "prompt", &json)
        Self.write(prices.output, "completion", &json)
        if let price = prices.cachedInput { Self.write(price, "input_cache_read", &json) }
        if let price = prices.cacheWrite { Self.write(price, "input_cache_write", &json) }
        json.endObject()
    }

    private static func write(
        _ price: NanoDollars, _ name: StaticString, _ json: inout JSONWriter
    ) {
        json.key(name)
        json.string(text(perToken: price))
    }

    /// A million tokens' nano-dollars are a token's 10^-15 dollars.
    private static func text(perToken price: NanoDollars) -> Bytes {
        let unit: Int64 = 1_000_000_000_000_000
        var writer = ByteWriter(capacity: 24)
        writer.append(decimal: price.value / unit)
        var rest = price.value % unit
        var place = unit / 10
        if rest > 0 { writer.append(".") }
        while rest > 0 {
            writer.append(UInt8(ascii: "0") + UInt8(rest / place))
            rest %= place
            place /= 10
        }
        return writer.finish()
    }
}
