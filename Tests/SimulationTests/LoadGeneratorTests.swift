// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor
import Simulation
import Testing

@testable import apus_load

@Suite struct LoadGeneratorTests {
    @Test(
        "a wrong call is told what is wrong",
        arguments: [
            (["--rate", "1"], "--url is missing."),
            (["--url", "http://127.0.0.1:1/"], "either --rate or --held"),
            (["--url", "http://127.0.0.1:1/", "--rate", "1", "--held", "1"], "either"),
            (["--url", "http://192.0.2.1:80/", "--rate", "1"], "not a loopback address"),
            (["--url", "http://example.com/", "--rate", "1"], "not a loopback address"),
            (["--url", "https://127.0.0.1/", "--rate", "1"], "needs http://"),
            (["--header", "no colon"], "--header needs"), (["--duration", "601"], "--duration"),
        ])
    func wrongCall(arguments: [String], part: String) throws {
        let fault = try #require(throws: UsageFault.self) { try LoadOptions(arguments) }
        #expect(fault.message.contains(part))
    }

    @Test("the request is written as asked for")
    func request() throws {
        let options = try LoadOptions([
            "--url", "http://localhost:99/v1/x?y", "--rate", "1", "--header", "Authorization: k",
        ])
        let text = options.request().string
        #expect(text.hasPrefix("POST /v1/x?y HTTP/1.1\r\nhost: localhost:99\r\n"))
        #expect(text.contains("\r\nAuthorization: k\r\n\r\n{"))
    }

    @Test("quantiles are those of the samples themselves")
    func quantiles() throws {
        var set = SampleSet()
        #expect(set.summary() == nil)
        for number in (1...1000).reversed() { set.record(.microseconds(number)) }
        let summary = try #require(set.summary())
        #expect(summary.p50 == 500 && summary.p99 == 990 && summary.p999 == 999)
        #expect(summary.max == 1000 && summary.mean == 500.5)
    }

    @Test(
        "a stamp is found behind the mark of content",
        arguments: [
            (#"{"delta":{"content":" 12345678901"}}"#, EventStamp.stamped(at(12_345_678_901))),
            (#"{"delta":{"content":" 12 words"}}"#, .unstamped),
            (#"{"delta":{"content":"words"}}"#, .unstamped),
            (#"{"delta":{"role":"assistant","content":""}}"#, .none),
            (#"{"delta":{}}"#, .none), ("[DONE]", .none), (#"{"content":""#, .none),
        ])
    func stamps(data: String, expected: EventStamp) {
        #expect(EventStamp.read(Bytes(data).span) == expected)
    }

    private static func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

    private static func run(
        _ provider: ProviderThread, _ more: [String]
    ) throws -> LoadTotals {
        let url = "http://\(provider.authority)/v1/chat/completions"
        let options = try LoadOptions(["--url", url, "--warm-up", "0"] + more)
        let run = LoadRun(loop: EventLoop(), options: options)
        run.run()
        return run.totals
    }

    @Test("every request of the schedule is sent and answered")
    func openLoop() async throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let totals = try Self.run(provider, ["--rate", "200", "--duration", "0.25"])
        #expect(totals.sent == 50)
        #expect(totals.completed == 50)
        #expect(totals.statuses == [200: 50])
        #expect(totals.latency.count == 50)
        #expect(await provider.counters().requests == 50)
    }

    @Test("time in the queue counts: one connection cannot hide a slow server")
    func coordinatedOmission() throws {
        var script = ProviderScript()
        script.firstToken = .milliseconds(20)
        let provider = try ProviderThread(script)
        defer { provider.stop() }
        // Twenty requests due within 0.2 s, served one after the other, take 0.4 s.
        let totals = try Self.run(
            provider, ["--rate", "100", "--duration", "0.2", "--connections", "1"])
        #expect(totals.completed == 20)
        #expect(try #require(totals.latency.summary()).max >= 200_000)
    }

    @Test("failures are counted by kind")
    func failures() async throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let expected: [(ProviderBehaviour, LoadTotals.Failure)] = [
            (.closeBeforeAnswer, .closedEarly), (.garbage, .badAnswer), (.refuse, .reset),
            (.stall, .timeout),
        ]
        for (behaviour, failure) in expected {
            await provider.change { $0.behaviour = behaviour }
            let totals = try Self.run(
                provider, ["--rate", "50", "--duration", "0.1", "--timeout", "0.1"])
            #expect(totals.failures == [failure: 5])
            #expect(totals.completed == 0)
        }
    }

    @Test("streams tell the time to the first token and of the relay")
    func streams() async throws {
        var script = ProviderScript()
        script.timestamps = true
        script.tokens = 5
        script.firstToken = .milliseconds(5)
        let provider = try ProviderThread(script)
        defer { provider.stop() }
        let totals = try Self.run(
            provider, ["--rate", "50", "--duration", "0.2", "--stream", "--abort-share", "0.3"])
        #expect(totals.completed + totals.aborted == 10)
        #expect(totals.aborted > 0)
        #expect(totals.firstToken.count == 10)
        #expect(try #require(totals.firstToken.summary()).p50 >= 5000)
        #expect(totals.relay.count >= totals.completed * 5)
    }

    @Test("held requests are always under way")
    func held() async throws {
        var script = ProviderScript()
        script.firstToken = .milliseconds(10)
        let provider = try ProviderThread(script)
        defer { provider.stop() }
        let totals = try Self.run(provider, ["--held", "20", "--duration", "0.2"])
        #expect(totals.openMax == 20)
        #expect(totals.completed >= 20)
        #expect(await provider.counters().openRequestsMax == 20)
    }
}
