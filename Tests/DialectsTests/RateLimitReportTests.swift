// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Foundation
import JSON
import Testing

@Suite struct RateLimitReportTests {
    private static let now = Timestamp(nanoseconds: 1_742_031_500_000_000_000)

    private func report(_ fields: [(String, String)]) -> RateLimitReport {
        var report = RateLimitReport()
        for (name, value) in fields {
            report.take(Bytes(name).span, Bytes(value).span, now: Self.now)
        }
        return report
    }

    @Test("OpenAI and Groq tell requests and tokens, with times in units")
    func openAI() {
        let found = report([
            ("x-ratelimit-limit-requests", "10000"), ("X-RateLimit-Remaining-Requests", "9999"),
            ("x-ratelimit-reset-requests", "6m0s"), ("x-ratelimit-limit-tokens", "6000"),
            ("x-ratelimit-remaining-tokens", "5987"), ("x-ratelimit-reset-tokens", "130ms"),
        ])
        #expect(found.requests.limit == 10_000)
        #expect(found.requests.remaining == 9999)
        #expect(found.requests.resetAfter == Nanoseconds(360_000_000_000))
        #expect(found.tokens.limit == 6000)
        #expect(found.tokens.remaining == 5987)
        #expect(found.tokens.resetAfter == .milliseconds(130))
        #expect(!found.inputTokens.isKnown)
        #expect(found.retryAfter == nil)
    }

    @Test("Anthropic tells input and output apart, with points in time")
    func anthropic() {
        let found = report([
            ("anthropic-ratelimit-requests-limit", "4000"),
            ("anthropic-ratelimit-requests-reset", "2025-03-15T09:38:20Z"),
            ("anthropic-ratelimit-tokens-remaining", "279000"),
            ("anthropic-ratelimit-input-tokens-limit", "200000"),
            ("anthropic-ratelimit-input-tokens-remaining", "199000"),
            ("anthropic-ratelimit-input-tokens-reset", "2025-03-15T09:38:27Z"),
            ("anthropic-ratelimit-output-tokens-limit", "80000"),
            ("x-should-retry", "false"), ("retry-after", "15"),
        ])
        #expect(found.requests.limit == 4000)
        // Past already.
        #expect(found.requests.resetAfter == .zero)
        #expect(found.tokens.remaining == 279_000)
        #expect(found.inputTokens.limit == 200_000)
        #expect(found.inputTokens.remaining == 199_000)
        #expect(found.inputTokens.resetAfter == Nanoseconds(7_000_000_000))
        #expect(found.outputTokens.limit == 80_000)
        #expect(found.shouldRetry == false)
        #expect(found.retryAfter == Nanoseconds(15_000_000_000))
    }

    @Test("the shortest window wins, whatever the order")
    func windows() {
        let fields = [
            ("x-ratelimit-limit-tokens-month", "10000000000"),
            ("x-ratelimit-remaining-tokens-month", "9999999147"),
            ("x-ratelimit-limit-tokens-minute", "500000"),
            ("x-ratelimit-remaining-tokens-minute", "499915"),
            ("x-ratelimit-limit-req-minute", "120"), ("x-ratelimit-limit-req-10-second", "60"),
            ("x-ratelimit-remaining-req-10-second", "51"), ("x-ratelimit-tokens-query-cost", "85"),
        ]
        for list in [fields, fields.reversed()] {
            let found = report(list)
            #expect(found.tokens.limit == 500_000)
            #expect(found.tokens.remaining == 499_915)
            #expect(found.requests.limit == 60)
            #expect(found.requests.remaining == 51)
        }
    }

    @Test(
        "a wait is read in all its forms",
        arguments: [
            ("retry-after", "2", 2_000_000_000), ("retry-after", "0.5", 500_000_000),
            ("Retry-After", "Sat, 15 Mar 2025 09:38:30 GMT", 10_000_000_000),
            ("retry-after", "48.939935699s", 48_939_935_699),
            ("retry-after-ms", "1234", 1_234_000_000), ("retry-after-ms", "12.5", 12_500_000),
        ])
    func waits(name: String, value: String, nanoseconds: Int64) {
        let wait = report([(name, value)]).retryAfter?.value ?? -1
        #expect(abs(wait - nanoseconds) < 1000)
    }

    @Test(
        "a reset is read in all its forms",
        arguments: [
            ("20m52.666s", 1_252_666_000_000), ("1h2m", 3_720_000_000_000), ("7", 7_000_000_000),
            ("11.25", 11_250_000_000), ("1742031501", 1_000_000_000),
            ("1742031500250", 250_000_000), ("0s", 0), ("soon", -1), ("5 s", -1), ("", -1),
            ("1m2", -1), ("99999999999999999999999", 9_223_372_036_854_775_807),
        ])
    func resets(value: String, nanoseconds: Int64) {
        let found = report([("x-ratelimit-reset", value)]).requests.resetAfter?.value ?? -1
        #expect(abs(found - nanoseconds) < 1000)
    }

    @Test("milliseconds are taken before seconds, and fields before the body")
    func precedence() {
        let fields = [("retry-after", "2"), ("retry-after-ms", "1500")]
        #expect(report(fields).retryAfter == .milliseconds(1500))
        #expect(report(fields.reversed()).retryAfter == .milliseconds(1500))
        var error = ProviderError(kind: .rateLimited, status: 429, message: "slow")
        error.retryAfter = .milliseconds(48_000)
        var found = report([("retry-after", "2")])
        found.take(error)
        #expect(found.retryAfter == .milliseconds(2000))
        found = RateLimitReport()
        found.take(error)
        #expect(found.retryAfter == .milliseconds(48_000))
    }

    @Test("each recorded field about limits is read, or known to tell none")
    func recorded() throws {
        var seen = 0
        for (name, value) in try Self.recordedFields() {
            let found = report([(name, value)])
            let isSilent =
                name.contains("renewalperiod") || name.contains("abusepenalty")
                || name.hasSuffix("query-cost")
            #expect((found == RateLimitReport()) == isSilent, "\(name): \(value)")
            seen += 1
        }
        #expect(seen > 200)
    }

    private static func recordedFields() throws -> [(String, String)] {
        let folder = try #require(GoldenExchange.dataFolder, "shared/data/wire is not there")
        var found: [(String, String)] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.hasSuffix(".jsonl") {
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
            for line in data.split(separator: UInt8(ascii: "\n")) {
                let headers = GoldenJSON(Bytes([UInt8](line)))["response"]?["headers"]
                for (field, value) in headers?.members ?? [] {
                    let isAboutLimits =
                        field.lowercased().contains("ratelimit-")
                        || field.lowercased().hasPrefix("retry-after")
                    guard isAboutLimits else { continue }
                    let text = value.string ?? value.elements.first?.string
                    if let text { found.append((field, text.string)) }
                }
            }
        }
        return found
    }
}
