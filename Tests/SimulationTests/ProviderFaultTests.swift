// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Reactor
import Testing

@testable import Simulation

@Suite struct ProviderFaultTests {
    private static let whole = #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#
    private static let streamed =
        #"{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#

    /// One answer under a behaviour, and what was counted once the connection had ended.
    private static func answer(
        _ behaviour: ProviderBehaviour, _ body: String
    ) async throws -> (PlainAnswer, ProviderCounters) {
        var script = ProviderScript()
        script.behaviour = behaviour
        let provider = try ProviderThread(script)
        defer { provider.stop() }
        let answer = PlainClient.post("/v1/chat/completions", body, to: provider.address)
        return (answer, await provider.counters())
    }

    @Test(
        "breaking off before the answer leaves nothing to read",
        arguments: [ProviderBehaviour.refuse, .closeBeforeAnswer])
    func nothing(behaviour: ProviderBehaviour) async throws {
        let (answer, counters) = try await Self.answer(behaviour, Self.whole)
        #expect(answer.raw.isEmpty)
        #expect(counters.broken == 1 && counters.completed == 0)
        #expect(counters.openRequests == 0 && counters.openConnections == 0)
    }

    @Test("a body cut in the middle is shorter than announced")
    func cutBody() async throws {
        for behaviour in [ProviderBehaviour.closeMidBody, .closeMidStream, .wrongLength] {
            let (answer, counters) = try await Self.answer(behaviour, Self.whole)
            #expect(answer.status == 200)
            let announced = answer.head.split(separator: "\r\n")
                .first { $0.hasPrefix("content-length: ") }
            let length = try #require(Int(announced?.dropFirst(16) ?? ""))
            #expect(answer.body.utf8.count < length)
            #expect(!answer.body.isEmpty)
            #expect(counters.broken == 1)
        }
    }

    @Test("a stream cut in the middle has its first events and no last chunk")
    func cutStream() async throws {
        let (answer, counters) = try await Self.answer(.closeMidStream, Self.streamed)
        #expect(answer.events.count == 3)
        #expect(!answer.isTerminated)
        #expect(counters.broken == 1)
    }

    @Test("half a chunk is announced and not delivered")
    func halfChunk() async throws {
        for body in [Self.whole, Self.streamed] {
            let (answer, _) = try await Self.answer(.halfChunk, body)
            #expect(answer.head.contains("transfer-encoding: chunked"))
            #expect(answer.chunks.count == (body == Self.whole ? 0 : 3))
            #expect(!answer.isTerminated)
            #expect(!answer.raw.hasSuffix("\r\n"))
        }
    }

    @Test("garbage is no HTTP")
    func garbage() async throws {
        let (answer, _) = try await Self.answer(.garbage, Self.whole)
        #expect(!answer.raw.isEmpty && !answer.raw.contains("HTTP/"))
    }

    @Test("an error event ends a stream in good order")
    func errorEvent() async throws {
        let (answer, _) = try await Self.answer(.errorEventMidStream, Self.streamed)
        #expect(answer.events.count == 4)
        #expect(answer.events.last?.hasPrefix(#"{"error":{"message":"#) == true)
        #expect(answer.isTerminated)
    }

    @Test("no_done leaves out the last event only")
    func noDone() async throws {
        let (answer, counters) = try await Self.answer(.noDone, Self.streamed)
        #expect(answer.isTerminated)
        #expect(answer.events.count == 34)
        #expect(!answer.body.contains("[DONE]"))
        #expect(counters.completed == 1)
    }

    @Test("a slow head comes whole in the end")
    func slowHead() async throws {
        let (answer, _) = try await Self.answer(.slowHead, Self.whole)
        #expect(answer.status == 200)
        #expect(answer.body.contains("Simulated answer"))
    }

    @Test("a stalled request is counted as cancelled when its client gives up")
    func stall() async throws {
        for behaviour in [ProviderBehaviour.stall, .stallMidStream, .endless] {
            var script = ProviderScript()
            script.behaviour = behaviour
            let provider = try ProviderThread(script)
            defer { provider.stop() }
            do {
                let client = PlainClient(provider.address)
                client.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"
                        + "content-length: \(Self.streamed.utf8.count)\r\n\r\n\(Self.streamed)")
                if behaviour != .stall { _ = client.read(until: "\r\n\r\n") }
                while await provider.counters().openRequests == 0 {}
                #expect(await provider.counters().cancelled == 0)
            }
            while await provider.counters().openConnections > 0 {}
            let counters = await provider.counters()
            #expect(counters.cancelled == 1 && counters.openRequests == 0)
        }
    }

    @Test("an endless answer goes no further than its client reads")
    func endless() async throws {
        var script = ProviderScript()
        script.behaviour = .endless
        let provider = try ProviderThread(script)
        defer { provider.stop() }
        let client = PlainClient(provider.address)
        client.send(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"
                + "content-length: \(Self.whole.utf8.count)\r\n\r\n\(Self.whole)")
        var count = 0
        while count < 20_000_000, let more = client.read() { count += more.count }
        #expect(count >= 20_000_000)
        let written = await provider.counters().bytesOut
        // Socket buffers and one watermark.
        #expect(written - count < 16_000_000)
    }

    @Test("static answers are constant, skip the body and keep the connection")
    func constant() async throws {
        var script = ProviderScript()
        script.behaviour = .constant
        let provider = try ProviderThread(script)
        defer { provider.stop() }
        let client = PlainClient(provider.address)
        for _ in 0..<3 {
            client.send("POST /any HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nnot JSON!")
            let answer = client.read(until: "fp_simulated\"}\n")
            #expect(answer?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
        }
        let counters = await provider.counters()
        #expect(counters.completed == 3 && counters.connections == 1)
    }

    @Test("a fault strikes as often as told")
    func times() async throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        await provider.change {
            $0.status = 503
            $0.retryAfter = .milliseconds(1500)
            $0.times = 2
        }
        let answers = (0..<4).map { _ in
            PlainClient.post("/v1/chat/completions", Self.whole, to: provider.address)
        }
        #expect(answers.map(\.status) == [503, 503, 200, 200])
        #expect(answers[0].head.contains("\r\nretry-after: 2"))
        #expect(answers[0].head.contains("\r\nretry-after-ms: 1500\r\n"))
        #expect(answers[0].body.contains("overloaded"))
        #expect(!answers[2].head.contains("retry-after"))
    }

    @Test("a share of requests fails, the same ones for the same seed")
    func failRate() async throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        var runs: [[Int]] = []
        for _ in 0..<2 {
            let document = #"{"fail_rate":0.5,"status":429,"seed":7}"#
            let set = PlainClient.post(
                "/_control", document, to: provider.address, method: "PUT")
            #expect(set.status == 200)
            runs.append(
                (0..<20).map { _ in
                    PlainClient.post("/v1/chat/completions", Self.whole, to: provider.address)
                        .status
                })
        }
        #expect(runs[0] == runs[1])
        #expect(Set(runs[0]) == [200, 429])
    }

    @Test("times are stamped into events when asked for")
    func timestamps() async throws {
        var script = ProviderScript()
        script.timestamps = true
        script.perToken = .milliseconds(2)
        script.tokens = 4
        let provider = try ProviderThread(script)
        defer { provider.stop() }
        let before = SystemClock.monotonic().nanoseconds
        let answer = PlainClient.post(
            "/v1/chat/completions", Self.streamed, to: provider.address)
        let after = SystemClock.monotonic().nanoseconds
        let stamps = answer.events.compactMap { event -> Int64? in
            guard let mark = event.range(of: #""content":" "#) else { return nil }
            return Int64(event[mark.upperBound...].prefix(while: \.isNumber))
        }
        #expect(stamps.count == 4)
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $1 - $0 >= 1_000_000 })
        #expect(stamps.allSatisfy { before < $0 && $0 < after })
    }
}
