// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Foundation
import Testing

@Suite struct StreamTapTests {
    static let content =
        #"data: {"id":"1","choices":[{"index":0,"delta":{"content":"é \"usage\" 😀"}}]}"#
    static let finish =
        #"data: {"id":"1","choices":[{"delta":{},"finish_reason":"stop"}],"usage":null}"#
    static let usage =
        #"data: {"id":"1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#
    static let done = "data: [DONE]"

    private func stream(_ events: [String], lineEnd: String = "\n") -> Bytes {
        Bytes(events.map { $0 + lineEnd + lineEnd }.joined())
    }

    private func relayed(_ run: StreamTapRun) -> String {
        String(decoding: run.relayed, as: UTF8.self)
    }

    @Test("at every pair of cuts the usage-only chunk is out", arguments: ["\n", "\r\n", "\r"])
    func everyCut(lineEnd: String) {
        let events = [Self.content, ": comment", Self.finish, Self.usage, Self.done]
        let whole = stream(events, lineEnd: lineEnd)
        let expected = stream(events.filter { $0 != Self.usage }, lineEnd: lineEnd).string
        for first in 1..<whole.count {
            for distance in [1, 2, 3, 80] {
                let cuts = [first, min(first + distance, whole.count)]
                let run = StreamTapRun(whole, mode: .withhold, cuts: cuts)
                #expect(relayed(run) == expected, "cut at \(cuts)")
                #expect(run.facts.usage == Usage(inputTokens: 3, outputTokens: 4))
                #expect(run.ending == .complete)
                let seen = StreamTapRun(whole, mode: .observe, cuts: cuts)
                #expect(relayed(seen) == whole.string && seen.mostHeld == 0)
                #expect(seen.facts == run.facts)
            }
        }
    }

    @Test(
        "chunks that look like usage-only ones but are not are relayed",
        arguments: [
            #"{"choices":[],"usage":null}"#, #"{"choices":[],"prompt_filter_results":[{}]}"#,
            #"{"choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}"#,
            #"{"choices":null,"usage":{"prompt_tokens":1}}"#, #"{"usage":{"prompt_tokens":1}}"#,
            #"{"x":{"choices":[]},"usage":{"prompt_tokens":1}}"#,
            #"{"x":"\"choices\":[],\"usage\":{}"}"#, #"{"choices":[],"x":{"usage":{}}}"#,
            #"{"choices":[],"usage":{"prompt_tokens":1},"error":{"message":"x"}}"#,
            #"{"choices":[],"usage":{"prompt_tokens":1}"#, #"{"choices":[],"usage":"#, "x", "",
            "[]",
            #"{"choices":"[]","usage":{"prompt_tokens":1}}"#,
            #"{"choices":[{}],"choices":[],"usage":{"prompt_tokens":1}}"#,
            #"{"choices":[,],"usage":{"prompt_tokens":1}}"#,
            #"{"choices":[},"usage":{"prompt_tokens":1}}"#,
        ])
    func lookalikes(payload: String) {
        let whole = stream(["data: " + payload, Self.done])
        for cut in 0..<whole.count {
            let run = StreamTapRun(whole, mode: .withhold, cuts: [cut])
            #expect(relayed(run) == whole.string, "cut at \(cut)")
        }
    }

    @Test(
        "usage-only chunks are known in every shape",
        arguments: [
            #"{"usage":{"prompt_tokens":3,"completion_tokens":4},"choices":[]}"#,
            #" { "choices" : [ ] , "usage" : { "prompt_tokens" : 3 , "completion_tokens" : 4 } } "#,
            #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4},"error":null}"#,
            #"{"choices":[],"usage":{"prompt_tokens":3,\#ndata: "completion_tokens":4}}"#,
        ])
    func shapes(payload: String) {
        for prefix in ["data:", "data: ", "event: message\ndata: ", "id: 7\n: x\ndata:"] {
            let whole = stream([prefix + payload, Self.done])
            for cut in 0..<whole.count {
                let run = StreamTapRun(whole, mode: .withhold, cuts: [cut])
                #expect(relayed(run) == "data: [DONE]\n\n", "cut at \(cut)")
                #expect(run.facts.usage == Usage(inputTokens: 3, outputTokens: 4))
            }
        }
    }

    @Test("an event is held back no longer than it is in doubt")
    func earlyDecision() throws {
        let event = Bytes(Self.content)
        let place = try #require(Self.content.range(of: "[{"))
        let decided = Self.content.utf8.distance(
            from: Self.content.startIndex, to: place.upperBound)
        for length in 1..<event.count {
            var tap = StreamTap(mode: .withhold)
            let step = tap.onBytes(event[0..<length].span)
            #expect(step.relay.isEmpty == (length < decided), "\(length) bytes")
            #expect(step.next == length)
        }
        var tap = StreamTap(mode: .withhold)
        #expect(tap.onBytes(Bytes("data: [").span).relay == 0..<7)
    }

    @Test("held bytes come out before the rest of their event")
    func heldBytes() {
        var tap = StreamTap(mode: .withhold)
        let first = tap.onBytes(Bytes("data: {\"id\":\"x\",\"ch").span)
        #expect(first == StreamTap.Step(relay: 0..<0, next: 19))
        let second = tap.onBytes(Bytes("oices\":[{}]}\n\ndata: {").span)
        #expect(second.held == "data: {\"id\":\"x\",\"ch")
        #expect(second.relay == 0..<14)
        #expect(second.next == 21)
        let rest = tap.finish()
        #expect(rest.held == "data: {")
        #expect(rest.ending == .truncated)
    }

    @Test("events without doubt are one range, also around many")
    func oneRange() {
        let whole = stream([Self.content, Self.content, Self.finish, Self.done])
        var tap = StreamTap(mode: .withhold)
        let step = tap.onBytes(whole.span)
        #expect(step == StreamTap.Step(relay: 0..<whole.count, next: whole.count))
        #expect(tap.facts.eventCount == 4)
        #expect(tap.facts.deltaCount == 1 + 1)
    }

    @Test("no more than the limit is held back, and longer events pass")
    func limits() {
        let padding = String(repeating: "x", count: StreamTap.heldLimit + 5_000)
        let event = #"data: {"pad":"\#(padding)","choices":[],"usage":{"prompt_tokens":1}}"#
        let whole = stream([event, Self.done])
        let run = StreamTapRun(
            whole, mode: .withhold, cuts: Array(stride(from: 1_000, to: whole.count, by: 1_000)))
        #expect(relayed(run) == whole.string)
        #expect(run.mostHeld <= StreamTap.heldLimit)
        #expect(run.mostHeld > StreamTap.heldLimit - 1_000)
        #expect(run.facts.usage?.inputTokens == 1)
        let once = StreamTapRun(whole, mode: .withhold, cuts: [])
        #expect(relayed(once) == "data: [DONE]\n\n")
    }

    @Test("an event beyond what is kept is relayed and the stream goes on")
    func overlong() {
        let padding = String(repeating: "x", count: StreamTap.observedLimit)
        let event = #"data: {"choices":[{"pad":"\#(padding)"}],"usage":{"prompt_tokens":1}}"#
        let whole = stream([event, Self.usage, Self.done])
        for mode in [StreamTap.Mode.observe, .withhold] {
            let run = StreamTapRun(whole, mode: mode, cuts: [40, 70_000, whole.count - 130])
            #expect(
                run.relayed.count == whole.count
                    - (mode == .observe ? 0 : Self.usage.utf8.count + 2))
            #expect(run.facts.usage == Usage(inputTokens: 3, outputTokens: 4))
            #expect(run.ending == .complete)
        }
    }

    @Test("the last event counts also without its empty line")
    func unfinishedLastEvent() {
        for tail in [Self.done, Self.done + "\n", Self.done + "\r"] {
            let run = StreamTapRun(Bytes(tail), mode: .withhold, cuts: [])
            #expect(run.ending == .complete)
            #expect(relayed(run) == tail)
        }
        let run = StreamTapRun(Bytes(Self.usage + "\n"), mode: .withhold, cuts: [])
        #expect(run.relayed.isEmpty)
        #expect(run.facts.usage?.outputTokens == 4)
    }

    @Test("how a stream ended")
    func endings() {
        func ending(_ text: Bytes) -> StreamTap.Ending {
            StreamTapRun(text, mode: .withhold, cuts: []).ending
        }
        #expect(ending("") == .truncated)
        #expect(ending(stream([Self.content])) == .truncated)
        #expect(ending(stream([Self.content, Self.finish])) == .complete)
        #expect(ending(stream([Self.content, Self.done])) == .complete)
        #expect(ending(Bytes(stream([Self.finish]).string + "data: {\"choi")) == .truncated)
        #expect(ending(stream([Self.content, #"data: {"error":{"message":"x"}}"#])) == .failed)
        #expect(ending(stream([#"data: {"error":"x"}"#, Self.done])) == .failed)
    }

    @Test(
        "the first token is the first text, reasoning or tool call",
        arguments: [
            (#"{"role":"assistant","content":""}"#, false), (#"{"content":"a"}"#, true),
            (#"{"content":null,"refusal":null}"#, false), (#"{"tool_calls":[]}"#, false),
            (#"{"tool_calls":[{"index":0}]}"#, true), (#"{"reasoning_content":"a"}"#, true),
            (#"{"reasoning":"a","content":""}"#, true), (#"{"function_call":{"name":"f"}}"#, true),
            (#"{"refusal":"no"}"#, true), ("{}", false), ("null", false),
        ])
    func firstToken(delta: String, isToken: Bool) {
        let chat = StreamTapRun(
            stream([#"data: {"choices":[{"index":0,"delta":\#(delta)}]}"#]), mode: .observe,
            cuts: [])
        #expect(chat.facts.hasFirstToken == isToken)
        #expect(chat.facts.eventCount == 1)
    }

    @Test("completions have their text in the choice itself")
    func completionText() {
        let events = [#"data: {"choices":[{"text":""}]}"#, #"data: {"choices":[{"text":"a"}]}"#]
        let run = StreamTapRun(stream(events), mode: .observe, cuts: [])
        #expect(run.facts.deltaCount == 1)
    }

    @Test("any bytes at any cuts are relayed as they are, and never trap", arguments: 0..<20)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let parts = [
            "data:", "data: ", "{", "}", "[", "]", "\n", "\r", "\r\n", "\n\n", "\"", "\\", ":", ",",
            "\"choices\"",
            "\"usage\"", "null", "1", "[DONE]", "é", "event: error", Self.content, Self.finish,
        ]
        var text = ""
        for _ in 0..<300 { text += parts.randomElement(using: &generator) ?? "" }
        let whole = Bytes(text)
        let oracle = StreamOracle(whole)
        for distance in [1, 5, 60] {
            let cuts = StreamTapRun.randomCuts(whole.count, every: distance, seed: seed)
            let seen = StreamTapRun(whole, mode: .observe, cuts: cuts)
            #expect(seen.relayed == (0..<whole.count).map { whole[$0] })
            let run = StreamTapRun(whole, mode: .withhold, cuts: cuts)
            if oracle.withheldCount == 0 { #expect(run.relayed.count == whole.count) }
            #expect(run.facts == seen.facts)
        }
    }
}
