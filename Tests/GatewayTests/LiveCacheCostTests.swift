// SPDX-License-Identifier: Apache-2.0
import Core
import Metering
import Testing
import Upstreams

@testable import Gateway

/// What Anthropic's prompt cache costs: reads, writes for minutes, writes for an hour.
@Suite struct LiveCacheCostTests {
    private static let usage =
        #""usage":{"input_tokens":10,"cache_read_input_tokens":200,"#
        + #""cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"#
        + #""ephemeral_1h_input_tokens":20},"output_tokens":4}"#
    private static let whole =
        #"{"id":"msg_1","type":"message","role":"assistant","model":"real","content":[],"#
        + #""stop_reason":"end_turn","stop_sequence":null,\#(usage)}"#

    private let upstream: ScriptedUpstream
    private let gateway: GatewayUnderTest

    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try GatewayUnderTest([upstream]) { snapshot in
            snapshot.become(.anthropic, model: "real")
            var rates = TokenRates(input: .dollars(3), output: .dollars(15))
            rates.cachedInput = NanoDollars(300_000_000)
            rates.cacheWrite = NanoDollars(3_750_000_000)
            rates.cacheWrite1h = .dollars(6)
            snapshot.prices = PriceTable.builtIn.overridden(by: [
                PriceOverride(model: "real", price: ModelPrice(rates))
            ])
        }
    }

    /// Millionths of a dollar: 10 x 3, 200 x 0.3, 10 x 3.75, 20 x 6 and 4 x 15.
    private static let cost = "0.0003075"

    private func ask(
        _ path: String, _ body: String, _ answer: (PeerSocket) -> Void
    ) throws -> RawMessage {
        let client = try gateway.connect()
        client.send(post(path, body))
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        answer(peer)
        return client.receiveMessage()
    }

    private var total: String? {
        let text = gateway.onLoop { $0.reporter.metricsText(accept: Bytes()).text.string }
        let line = text.split(separator: "\n").first { $0.hasPrefix("apus_cost_usd_total ") }
        return line.map { String($0.dropFirst("apus_cost_usd_total ".utf8.count)) }
    }

    @Test(
        "an hour's writes have their own price, passed through or translated",
        arguments: [
            ("/v1/messages", #"{"model":"m","max_tokens":9,"#),
            ("/v1/chat/completions", #"{"model":"m","#),
        ])
    func whole(path: String, start: String) throws {
        let body = start + #""messages":[{"role":"user","content":"hi"}]}"#
        let answer = try ask(path, body) { $0.answer(200, Self.whole) }
        #expect(answer["x-apus-cost-usd"] == Self.cost)
        #expect(total == Self.cost)
    }

    @Test("a stream costs the same as a whole answer")
    func stream() throws {
        let body =
            #"{"model":"m","max_tokens":9,"stream":true,"#
            + #""messages":[{"role":"user","content":"hi"}]}"#
        _ = try ask("/v1/messages", body) { peer in
            peer.beginChunked()
            peer.chunk(
                "event: message_start\ndata: {\"type\":\"message_start\",\"message\":"
                    + Self.whole + "}\n\n")
            peer.chunk("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
            peer.send("0\r\n\r\n")
        }
        #expect(total == Self.cost)
    }
}
