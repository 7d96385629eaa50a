// SPDX-License-Identifier: Apache-2.0

/// One metric as its readers know it: name, help, kind, the names of its labels.
struct MetricFamily: Sendable {
    enum Kind: Sendable {
        case counter
        case gauge
        /// Buckets in the recorded unit; the last, infinite one goes without saying.
        case histogram(bounds: [UInt64])
    }

    /// What the recorded whole numbers are, and what readers get.
    enum Unit: Sendable {
        /// Whatever is counted.
        case one
        /// Recorded in microseconds, shown in seconds.
        case seconds
        /// Recorded in nano-dollars, shown in dollars.
        case dollars

        /// How many of what is recorded make one of what is shown, as a power of ten.
        var decimals: Int {
            switch self {
            case .one: 0
            case .seconds: 6
            case .dollars: 9
            }
        }
    }

    /// In the form of the text format 0.0.4: counters end in `_total`.
    let name: StaticString
    let help: StaticString
    let kind: Kind
    var unit = Unit.one
    var labels: [StaticString] = []

    /// The cells that one series takes on each worker.
    var cellCount: Int {
        // One cell beyond the bounds is the infinite bucket, the last one the sum.
        if case .histogram(let bounds) = kind { bounds.count + 2 } else { 1 }
    }
}

/// The metrics of the gateway; names and bounds of `gen_ai_…` follow OpenTelemetry's conventions.
enum StandardFamilies {
    private static let callLabels: [StaticString] = [
        "gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model",
    ]

    static let requests = MetricFamily(
        name: "apus_requests_total",
        help: "Requests answered, by route template, dialect and outcome code.",
        kind: .counter, labels: ["route", "dialect", "code"])

    static let attempts = MetricFamily(
        name: "apus_attempts_total",
        help: "Attempts at targets, by what became of them.",
        kind: .counter, labels: ["target", "outcome"])

    static let overhead = MetricFamily(
        name: "apus_overhead_seconds",
        help: "Time that requests spent in the gateway, upstream time excluded.",
        kind: .histogram(bounds: [
            10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 1_000_000,
        ]),
        unit: .seconds)

    static let inflight = MetricFamily(
        name: "apus_inflight", help: "Exchanges under way.", kind: .gauge)

    static let loopLag = MetricFamily(
        name: "apus_loop_lag_seconds",
        help: "Longest time that one tick of a worker's loop kept others waiting, lately.",
        kind: .gauge, unit: .seconds, labels: ["worker"])

    static let unpriced = MetricFamily(
        name: "apus_unpriced_calls_total",
        help: "Calls whose cost is unknown: the model has no price, or no usage was told.",
        kind: .counter)

    static let estimated = MetricFamily(
        name: "apus_estimated_calls_total",
        help: "Calls whose provider told no usage, so that their tokens are estimated.",
        kind: .counter)

    static let cost = MetricFamily(
        name: "apus_cost_usd_total", help: "What calls cost by the price table, in US dollars.",
        kind: .counter, unit: .dollars)

    static let recordsDropped = MetricFamily(
        name: "apus_access_records_dropped_total",
        help: "Access records given up because their reader was too slow or gone.",
        kind: .counter)

    static let tokens = MetricFamily(
        name: "gen_ai_client_token_usage", help: "Tokens of a call, in or out.",
        kind: .histogram(bounds: (0...13).map { 1 << (2 * $0) }),
        labels: callLabels + ["gen_ai_token_type"])

    static let duration = MetricFamily(
        name: "gen_ai_client_operation_duration_seconds",
        help: "Time from request to the end of the answer.",
        kind: .histogram(bounds: (0...13).map { 10_000 << $0 }), unit: .seconds,
        labels: callLabels)

    static let firstToken = MetricFamily(
        name: "gen_ai_server_time_to_first_token_seconds",
        help: "Time from request to the first token of a streamed answer.",
        kind: .histogram(
            bounds: [
                1, 5, 10, 20, 40, 60, 80, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
            ].map { $0 * 1_000 }),
        unit: .seconds, labels: callLabels)

    static let perToken = MetricFamily(
        name: "gen_ai_server_time_per_output_token_seconds",
        help: "Time per token of a streamed answer after its first.",
        kind: .histogram(
            bounds: [10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 2_500]
                .map { $0 * 1_000 }),
        unit: .seconds, labels: callLabels)
}
