// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Metering
internal import Telemetry
internal import Upstreams

/// A target of a route with the bytes and numbers that answers and metrics need of it.
final class Candidate {
    let target: Target
    let metricID: TargetID
    /// `PROVIDER/` or, where the configuration fixes the model, `PROVIDER/MODEL`.
    private let label: Bytes
    /// The whole name for a caller who asked for the route by its own name.
    private let usual: Bytes
    private let route: Bytes
    private var pricing: TargetPricing
    /// Whether there is one model to ask for, whatever the caller writes.
    private let isFixed: Bool

    /// OpenAI's models that reason refuse a temperature and its like.
    let takesSampling: Bool

    /// What is known of the one model that is asked for.
    var facts: ModelFacts? { pricing.facts }

    init(
        _ target: Target, upstream: Upstream, route: String, prices: PriceTable,
        metrics: MetricRegistry
    ) {
        self.target = target
        let named = Bytes(route)
        // A route without a star asks for one model, its own name if no other.
        let isFixed = target.model != nil || !route.hasSuffix("*")
        pricing = TargetPricing(
            upstream, model: isFixed ? target.model(asked: named) : nil, prices)
        self.isFixed = isFixed
        let isOpenAI = upstream.kind == .openai || upstream.kind == .azure
        takesSampling = !(isOpenAI && pricing.facts?.abilities.contains(.reasoning) == true)
        let model = target.model?.string ?? route
        label = Bytes("\(upstream.name)/\(target.model?.string ?? "")")
        self.route = named
        usual = Bytes("\(upstream.name)/\(target.model(asked: named).string)")
        metricID = metrics.register(
            TargetLabels(
                target: "\(upstream.name)/\(model)", provider: upstream.kind.metricLabel,
                model: model))
    }

    /// What the model's tokens cost for a caller who asked for `asked`; nil if nobody knows.
    func price(asked: Bytes) -> ModelPrice? {
        pricing.price(of: isFixed ? nil : target.model(asked: asked))
    }

    /// The target as answers and records name it, for a caller who asked for `asked`.
    func name(asked: Bytes) -> Bytes {
        if asked == route { return usual }
        guard target.model == nil else { return label }
        var writer = ByteWriter(capacity: label.count + asked.count)
        writer.append(label)
        writer.append(target.model(asked: asked))
        return writer.finish()
    }
}

extension UpstreamKind {
    /// The provider's name in OpenTelemetry's GenAI conventions.
    var metricLabel: String {
        switch self {
        case .openai: "openai"
        case .anthropic: "anthropic"
        case .gemini: "gcp.gemini"
        case .azure: "azure.ai.openai"
        case .mistral: "mistral_ai"
        case .xai: "x_ai"
        default: rawValue
        }
    }
}
