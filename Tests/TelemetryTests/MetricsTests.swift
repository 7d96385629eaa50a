// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Testing

@testable import Telemetry

@Suite struct MetricsTests {
    private func makeRegistry() -> MetricRegistry {
        MetricRegistry(
            startedAt: Timestamp(nanoseconds: 1_700_000_000_250_000_000), version: "1.2.3")
    }

    private func figures(
        _ code: StaticString = "success", call: CallFigures? = nil
    ) -> RequestFigures {
        var figures = RequestFigures(
            route: "/v1/chat/completions", dialect: "openai", code: code)
        figures.overhead = .microseconds(30)
        figures.call = call
        return figures
    }

    private func call(_ target: TargetID) -> CallFigures {
        var call = CallFigures(target: target, operation: "chat", duration: .milliseconds(500))
        call.firstToken = .milliseconds(100)
        call.inputTokens = 64
        call.outputTokens = 21
        return call
    }

    private func samples(_ registry: MetricRegistry) -> [String: String] {
        var found: [String: String] = [:]
        for line in registry.text(.prometheus).string.split(separator: "\n")
        where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            found[String(line[..<space])] = String(line[line.index(after: space)...])
        }
        return found
    }

    @Test("the reader sees the sum over all workers")
    func sums() {
        let registry = makeRegistry()
        let workers = (0..<3).map { _ in registry.makeWorkerMetrics() }
        for worker in workers { worker.begin() }
        workers[0].end(figures())
        workers[1].count(figures())
        workers[2].count(figures("upstream_failed"))
        let found = samples(registry)
        let labels = #"route="/v1/chat/completions",dialect="openai""#
        #expect(found["apus_requests_total{\(labels),code=\"success\"}"] == "2")
        #expect(found["apus_requests_total{\(labels),code=\"upstream_failed\"}"] == "1")
        #expect(found["apus_inflight"] == "2")
        #expect(found["apus_overhead_seconds_count"] == "3")
        #expect(found["apus_overhead_seconds_sum"] == "0.00009")
        #expect(found["apus_overhead_seconds_bucket{le=\"0.00002\"}"] == "0")
        #expect(found["apus_overhead_seconds_bucket{le=\"0.00005\"}"] == "3")
        #expect(found["apus_overhead_seconds_bucket{le=\"+Inf\"}"] == "3")
    }

    @Test("a call fills the histograms of OpenTelemetry's names")
    func calls() {
        let registry = makeRegistry()
        let worker = registry.makeWorkerMetrics()
        let target = registry.register(
            TargetLabels(target: "o/m", provider: "openai", model: "gpt-4o-mini"))
        worker.begin()
        worker.end(figures(call: call(target)))
        worker.countAttempt(at: target, outcome: "timeout")
        worker.countAttempt(at: target, outcome: "success")
        worker.countAttempt(at: target, outcome: "timeout")
        let found = samples(registry)
        let labels =
            #"gen_ai_operation_name="chat",gen_ai_provider_name="openai","#
            + #"gen_ai_request_model="gpt-4o-mini""#
        let input = labels + #",gen_ai_token_type="input""#
        #expect(found["gen_ai_client_token_usage_sum{\(input)}"] == "64")
        // A value on a bound lies in its bucket.
        #expect(found["gen_ai_client_token_usage_bucket{\(input),le=\"16\"}"] == "0")
        #expect(found["gen_ai_client_token_usage_bucket{\(input),le=\"64\"}"] == "1")
        #expect(found["gen_ai_client_operation_duration_seconds_sum{\(labels)}"] == "0.5")
        #expect(found["gen_ai_server_time_to_first_token_seconds_sum{\(labels)}"] == "0.1")
        // 400 ms for the 20 tokens after the first.
        #expect(found["gen_ai_server_time_per_output_token_seconds_sum{\(labels)}"] == "0.02")
        #expect(found[#"apus_attempts_total{target="o/m",outcome="timeout"}"#] == "2")
        #expect(found[#"apus_attempts_total{target="o/m",outcome="success"}"#] == "1")
        #expect(found["apus_unpriced_calls_total"] == "0")
    }

    @Test("the same target keeps its number; beyond the limit targets are other")
    func targets() {
        let registry = makeRegistry()
        func labels(_ index: Int) -> TargetLabels {
            TargetLabels(target: "t\(index)", provider: "p", model: "m")
        }
        let first = registry.register(labels(0))
        #expect(registry.register(labels(0)) == first)
        for index in 0..<MetricRegistry.targetLimit { _ = registry.register(labels(index)) }
        let late = registry.register(labels(5_000))
        #expect(registry.labels(of: late).target == "other")
        #expect(registry.register(labels(5_001)) == late)
        #expect(registry.register(labels(0)) == first)
    }

    @Test("series beyond the limit of a family are counted as other, and none is lost")
    func seriesLimit() {
        let registry = makeRegistry()
        let family = StandardFamilies.attempts
        for index in 0..<MetricRegistry.seriesLimit {
            _ = registry.cell(of: family, ["t\(index)", "x"])
        }
        let other = registry.cell(of: family, ["new", "x"])
        #expect(other == registry.cell(of: family, ["newer", "y"]))
        #expect(other == registry.cell(of: family, ["other", "other"]))
        #expect(other != registry.cell(of: family, ["t0", "x"]))
    }

    @Test("histograms never share a cell, also where rows end")
    func rows() {
        let registry = makeRegistry()
        let worker = registry.makeWorkerMetrics()
        for index in 0..<60 {
            let target = registry.register(
                TargetLabels(target: "t\(index)", provider: "p", model: "m\(index)"))
            worker.begin()
            worker.end(figures(call: call(target)))
        }
        let counts = samples(registry).filter { $0.key.contains("_duration_seconds_count") }
        #expect(counts.count == 60)
        #expect(counts.values.allSatisfy { $0 == "1" })
    }

    @Test("label values are escaped")
    func escapes() {
        let registry = makeRegistry()
        let target = registry.register(
            TargetLabels(target: "a\"b\\c\nd", provider: "p", model: "m"))
        registry.makeWorkerMetrics().countAttempt(at: target, outcome: "success")
        let text = registry.text(.prometheus).string
        #expect(text.contains(#"{target="a\"b\\c\nd",outcome="success"} 1"#))
    }

    @Test("each form follows its own rules", arguments: MetricFormat.allCases)
    func forms(format: MetricFormat) {
        let registry = makeRegistry()
        let worker = registry.makeWorkerMetrics()
        worker.count(figures())
        worker.setLoopLag(.microseconds(1_500))
        let text = registry.text(format).string
        let isOpen = format == .openMetrics
        #expect(text.hasSuffix("# EOF\n") == isOpen)
        #expect(text.contains("# TYPE apus_requests counter\n") == isOpen)
        #expect(text.contains("# TYPE apus_requests_total counter\n") != isOpen)
        #expect(text.contains("_bucket{le=\"1.0\"}") == isOpen)
        #expect(text.contains("_bucket{le=\"1\"}") != isOpen)
        #expect(text.contains("apus_loop_lag_seconds{worker=\"0\"} 0.0015\n"))
        #expect(text.contains("apus_build_info{version=\"1.2.3\"} 1\n"))
        #expect(text.contains("process_start_time_seconds 1700000000.25\n"))
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE") {
            #expect(text.split(separator: "\n").filter { $0 == line }.count == 1)
        }
    }

    @Test("process facts are plausible")
    func process() throws {
        let facts = ProcessFacts()
        #expect(try #require(facts.residentBytes) > 1_000_000)
        #expect(try #require(facts.openDescriptors) >= 3)
        #expect(try #require(facts.cpuMicroseconds) > 0)
    }

    @Test(
        "OpenMetrics is sent to those who ask for it",
        arguments: [
            ("", false), ("*/*", false), ("text/plain;version=0.0.4", false),
            ("application/openmetrics-text", true),
            ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2", true),
            ("text/plain, Application/OpenMetrics-Text; q=0.1", true),
            ("application/openmetrics-text;q=0", false),
            ("application/openmetrics-text; q=0.0, */*", false),
            ("application/openmetrics-text=", true), ("=,;,", false),
        ])
    func negotiation(accept: String, isOpen: Bool) {
        let field = Bytes(accept)
        #expect((MetricFormat(accept: field.span) == .openMetrics) == isOpen)
    }

    @Test("words are found again whatever else is in the cache")
    func cache() {
        var cache = LabelCache<Int>()
        let words: [StaticString] = ["a", "bc", "def", "ghij", "k", "lm"]
        var expected = 0
        for one in words {
            for other in words {
                for third in words {
                    #expect(cache.find(LabelKey(one, other, third)) == nil)
                    cache.insert(LabelKey(one, other, third), expected)
                    expected += 1
                }
            }
        }
        var index = 0
        for one in words {
            for other in words {
                for third in words {
                    #expect(cache.find(LabelKey(one, other, third)) == index)
                    index += 1
                }
            }
        }
    }
}
