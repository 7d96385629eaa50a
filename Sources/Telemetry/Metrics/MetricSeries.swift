// SPDX-License-Identifier: Apache-2.0

/// One family with one set of label values: where its cells are, the same place on every worker.
struct MetricSeries: Sendable {
    let labels: [String]
    let cell: Int
}

/// Where a worker counts.
struct CounterID: Sendable { let cell: Int }

/// Where a worker records values; the bounds come with it so that recording looks nothing up.
///
/// One has one owner: copies would count references to the bounds.
struct HistogramID: ~Copyable, Sendable {
    let cell: Int
    let bounds: [UInt64]
}

/// A target with its label values as configured: registered when a snapshot is loaded.
public struct TargetLabels: Sendable, Hashable {
    /// Provider and model, as in `openai/gpt-4o-mini`.
    public var target: String
    /// OpenTelemetry's provider name, as in `openai`, `anthropic`, `gcp.gemini`.
    public var provider: String
    /// The model as the provider calls it.
    public var model: String

    public init(target: String, provider: String, model: String) {
        self.target = target
        self.provider = provider
        self.model = model
    }
}

/// A registered target; the same labels keep their number over reloads.
public struct TargetID: Sendable, Hashable {
    let index: Int
}
