// SPDX-License-Identifier: Apache-2.0
import Core
import Metering
import Testing

@testable import Gateway

/// What calls cost, as the caller and the metrics see it.
@Suite struct LiveCostTests {
    private static let usage =
        #""usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"#
        + #""prompt_tokens_details":{"cached_tokens":1920},"#
        + #""completion_tokens_details":{"reasoning_tokens":64}}"#
    private static let whole = #"{"choices":[{"message":{"content":"a"}}],\#(usage)}"#

    private let upstream: ScriptedUpstream
    private let gateway: GatewayUnderTest

    /// The model `m` costs what gpt-4o costs.
    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try GatewayUnderTest([upstream]) { snapshot in
            var rates = TokenRates(input: NanoDollars(2_500_000_000), output: .dollars(10))
            rates.cachedInput = NanoDollars(1_250_000_000)
            snapshot.prices = PriceTable.builtIn.overridden(by: [
                PriceOverride(provider: "u0", model: "m", price: ModelPrice(rates))
            ])
        }
    }

    private func metric(_ name: String, in gateway: GatewayUnderTest) -> String? {
        let text = gateway.onLoop { $0.reporter.metricsText(accept: Bytes()).text.string }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.map { String($0.dropFirst(name.utf8.count + 1)) }
    }

    private func exchange(
        _ gateway: GatewayUnderTest, _ ask: Ask = Ask(), _ answer: (PeerSocket) -> Void
    ) throws -> RawMessage {
        let client = try gateway.connect()
        client.send(ask.text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        answer(peer)
        return client.receiveMessage()
    }

    /// 1,920 tokens at 1.25, 86 at 2.50 and 300 at 10 dollars a million.
    @Test("a whole answer says what it cost")
    func wholeAnswer() throws {
        let answer = try exchange(gateway) { $0.answer(200, Self.whole) }
        #expect(answer["x-apus-cost-usd"] == "0.005615")
        #expect(answer.text == Self.whole)
        #expect(metric("apus_cost_usd_total", in: gateway) == "0.005615")
        #expect(metric("apus_unpriced_calls_total", in: gateway) == "0")
    }

    @Test("a stream, and an answer in chunks, cost the same as a whole one")
    func streamed() throws {
        let stream = try exchange(gateway, Ask(stream: true)) { peer in
            peer.beginChunked()
            peer.chunk("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n")
            peer.chunk("data: {\"choices\":[],\(Self.usage)}\n\ndata: [DONE]\n\n")
            peer.send("0\r\n\r\n")
        }
        #expect(stream["x-apus-cost-usd"] == nil)
        #expect(metric("apus_cost_usd_total", in: gateway) == "0.005615")
        _ = try exchange(gateway) { peer in
            peer.beginChunked(type: "application/json")
            peer.chunk(Self.whole)
            peer.send("0\r\n\r\n")
        }
        #expect(metric("apus_cost_usd_total", in: gateway) == "0.01123")
        #expect(metric("apus_unpriced_calls_total", in: gateway) == "0")
    }

    @Test("a call without a price is unpriced, never free")
    func unpriced() throws {
        let bare = try GatewayUnderTest([upstream])
        let answer = try exchange(bare) { $0.answer(200, Self.whole) }
        #expect(answer["x-apus-cost-usd"] == nil)
        #expect(metric("apus_unpriced_calls_total", in: bare) == "1")
        #expect(metric("apus_cost_usd_total", in: bare) == "0")
        #expect(metric("apus_estimated_calls_total", in: bare) == "0")
    }

    /// Seven tokens go in, three of them for the message and three for the answer, at 2.50 dollars
    /// a million; two come out, at 10.
    @Test("a call without a count is estimated and priced", arguments: [0, 1, 2])
    func estimated(way: Int) throws {
        let told =
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello you"}}]}"#
        let answer = try exchange(gateway, Ask(stream: way == 2)) { peer in
            if way == 0 { return peer.answer(200, told) }
            peer.beginChunked(type: way == 1 ? "application/json" : "text/event-stream")
            if way == 1 { peer.chunk(told) }
            for text in ["Hello", " you"] where way == 2 {
                peer.chunk("data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"}}]}\n\n")
            }
            peer.send("0\r\n\r\n")
        }
        #expect(answer.isWhole)
        #expect(metric("apus_estimated_calls_total", in: gateway) == "1")
        #expect(metric("apus_unpriced_calls_total", in: gateway) == "0")
        #expect(metric("apus_cost_usd_total", in: gateway) == "0.0000375")
    }

    private static let words = (0..<400).map { "Wort\($0 * 37) — über " }.joined()

    private func tokens(_ chunks: (String) -> [String]) throws -> Int {
        let before = Int(metric("apus_estimated_calls_total", in: gateway) ?? "") ?? -1
        _ = try exchange(gateway, Ask(stream: true)) { peer in
            peer.beginChunked()
            for event in chunks(Self.words) { peer.chunk("data: \(event)\n\n") }
            peer.send("0\r\n\r\n")
        }
        #expect(metric("apus_estimated_calls_total", in: gateway) == "\(before + 1)")
        let text = gateway.onLoop { $0.reporter.metricsText(accept: Bytes()).text.string }
        let line = text.split(separator: "\n").first {
            $0.hasPrefix("gen_ai_client_token_usage_sum") && $0.contains("\"output\"")
        }
        return try #require(line?.split(separator: " ").last.flatMap { Int($0) })
    }

    /// Pieces of 7 characters, which part words and batches anywhere.
    private func deltas(_ text: String) -> [String] {
        let letters = Array(text)
        return stride(from: 0, to: letters.count, by: 7).map { start in
            let piece = String(letters[start..<min(start + 7, letters.count)])
            return #"{"choices":[{"index":0,"delta":{"content":"\#(piece)"}}]}"#
        }
    }

    @Test("a stream without a count is counted by the tokenizer, however it is cut")
    func counted() throws {
        let wanted = Tokenizer.o200k.count(Bytes(Self.words).span)
        let first = try tokens(deltas)
        #expect(first == wanted)
        // A stream with its usage: the next one is not counted, but guessed by its pieces.
        _ = try exchange(gateway, Ask(stream: true)) { peer in
            peer.beginChunked()
            peer.chunk("data: {\"choices\":[],\(Self.usage)}\n\ndata: [DONE]\n\n")
            peer.send("0\r\n\r\n")
        }
        let guessed = try tokens(deltas) - first - 300
        #expect(guessed != wanted && guessed > 0)
        // It told nothing, so that the one after it is counted again.
        #expect(try tokens(deltas) - first - 300 - guessed == wanted)
    }

    @Test("an answer that refuses costs nothing")
    func refused() throws {
        let answer = try exchange(gateway) { $0.answer(400, "{\"error\":{}}") }
        #expect(answer.status == 400 && answer["x-apus-cost-usd"] == nil)
        #expect(metric("apus_unpriced_calls_total", in: gateway) == "0")
        #expect(metric("apus_cost_usd_total", in: gateway) == "0")
    }
}
