// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Metering
internal import Upstreams

/// The price of a target: resolved once where its model is fixed, else once for each model asked.
struct TargetPricing {
    /// Models remembered; callers choose their names, so there must be an end.
    private static let limit = 256

    private let providers: [String]
    private let prices: PriceTable
    private let fixed: ModelPrice?
    /// What is known of the fixed model.
    let facts: ModelFacts?
    private var asked: [Bytes: ModelPrice?] = [:]

    init(_ upstream: Upstream, model: Bytes?, _ prices: PriceTable) {
        let providers = Self.names(of: upstream)
        self.providers = providers
        self.prices = prices
        fixed = model.flatMap { prices.price(providers: providers, model: $0.string) }
        facts = model.flatMap { prices.facts(providers: providers, model: $0.string) }
    }

    /// The price of the fixed model, or of the one that is asked for.
    mutating func price(of model: Bytes?) -> ModelPrice? {
        guard let model else { return fixed }
        if let known = asked[model] { return known }
        let price = prices.price(providers: providers, model: model.string)
        if asked.count >= Self.limit { asked.removeAll(keepingCapacity: true) }
        asked[model] = .some(price)
        return price
    }

    /// The configured name, then what the address says, then the kind where it is a provider's.
    private static func names(of upstream: Upstream) -> [String] {
        let host = upstream.origin.host
        let maker = hosts.first { host == $0.host || host.hasSuffix("." + $0.host) }?.provider
        return [upstream.name, maker, upstream.kind.provider].compactMap(\.self)
    }

    /// Whose prices hold at an address.
    private static let hosts: [(host: String, provider: String)] = [
        ("api.openai.com", "openai"), ("openai.azure.com", "openai"),
        ("api.anthropic.com", "anthropic"), ("generativelanguage.googleapis.com", "gemini"),
        ("api.mistral.ai", "mistral"), ("api.cohere.com", "cohere"), ("api.cohere.ai", "cohere"),
        ("api.groq.com", "groq"), ("api.deepseek.com", "deepseek"), ("api.x.ai", "xai"),
        ("api.perplexity.ai", "perplexity"), ("api.cerebras.ai", "cerebras"),
        ("api.voyageai.com", "voyage"), ("api.moonshot.ai", "moonshot"), ("api.z.ai", "zai"),
        ("api.minimax.io", "minimax"), ("aliyuncs.com", "dashscope"),
    ]
}

extension UpstreamKind {
    /// Whose prices hold when the address tells nothing; a dialect that many speak is nobody's.
    fileprivate var provider: String? {
        switch self {
        case .azure: "openai"
        case .ollama, .compatible, .custom, .vllm, .huggingface: nil
        default: rawValue
        }
    }
}
