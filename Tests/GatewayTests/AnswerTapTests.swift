// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import HTTP
import Testing

@testable import Gateway

@Suite struct AnswerTapTests {
    private static let chunk =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"
    private static let usage =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n"
    private static let question =
        "\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]"
    private static let done = "data: [DONE]\n\n"
    private static let whole =
        "{\"choices\":[{}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}"

    /// What the client gets, and the usage seen, when the body comes in pieces of `size` bytes.
    private func pass(
        _ body: String, _ head: ResponseHead, asksUsage: Bool, size: Int = .max
    ) throws -> (text: String, usage: Usage?) {
        let options = asksUsage ? ",\"stream_options\":{\"include_usage\":true}" : ""
        let request = try InferenceRequest(
            body: Bytes("{\(Self.question),\"stream\":true\(options)}"),
            operation: .chatCompletions)
        var tap = AnswerTap(head, withholdsUsage: request.needsUsageAsked)
        var sent = ByteWriter()
        var rest = Bytes(body)
        while !rest.isEmpty {
            let piece = rest.prefix(min(size, rest.count))
            tap.pass(piece.span) { sent.append($0) }
            rest = rest.dropFirst(piece.count)
        }
        tap.finish { sent.append($0) }
        return (sent.finish().string, tap.usage)
    }

    private func stream(_ fields: String...) throws -> ResponseHead {
        try HeadMaker.response(200, ["transfer-encoding: chunked"] + fields)
    }

    @Test(
        "the usage chunk is withheld from who did not ask for it, and read all the same",
        arguments: [Int.max, 1, 7, 64])
    func withheld(size: Int) throws {
        let head = try stream("content-type: text/event-stream; charset=utf-8")
        let body = Self.chunk + Self.chunk + Self.usage + Self.done
        let (text, usage) = try pass(body, head, asksUsage: false, size: size)
        #expect(text == Self.chunk + Self.chunk + Self.done)
        #expect(usage == Usage(inputTokens: 3, outputTokens: 5))
    }

    @Test("who asked for the usage chunk gets every byte", arguments: [Int.max, 1, 7, 64])
    func asked(size: Int) throws {
        let head = try stream("Content-Type: Text/Event-Stream")
        let body = Self.chunk + Self.usage + Self.done
        let (text, usage) = try pass(body, head, asksUsage: true, size: size)
        #expect(text == body)
        #expect(usage == Usage(inputTokens: 3, outputTokens: 5))
    }

    @Test("what is held back at the end is for the client after all")
    func unfinished() throws {
        let head = try stream("content-type: text/event-stream")
        let body = Self.chunk + "data: {\"choices\":[{\"del"
        #expect(try pass(body, head, asksUsage: false, size: 5).text == body)
        #expect(try pass(body, head, asksUsage: false, size: 5).usage == nil)
    }

    @Test("a whole answer passes untouched and its usage is read", arguments: [Int.max, 1, 9])
    func wholeAnswer(size: Int) throws {
        let head = try HeadMaker.response(
            200, ["content-type: application/json", "content-length: \(Self.whole.utf8.count)"])
        let (text, usage) = try pass(Self.whole, head, asksUsage: false, size: size)
        #expect(text == Self.whole)
        #expect(usage == Usage(inputTokens: 7, outputTokens: 2))
    }

    @Test(
        "encoded, foreign and failed bodies are opaque",
        arguments: [
            (200, ["content-type: text/event-stream", "content-encoding: gzip"]),
            (200, ["content-type: application/json", "content-encoding: br"]),
            (200, ["content-type: text/plain"]), (200, []),
            (400, ["content-type: application/json"]), (500, ["content-type: text/event-stream"]),
        ])
    func opaque(status: Int, fields: [String]) throws {
        let head = try HeadMaker.response(status, fields + ["transfer-encoding: chunked"])
        for body in [Self.chunk + Self.usage + Self.done, Self.whole] {
            let (text, usage) = try pass(body, head, asksUsage: false)
            #expect(text == body)
            #expect(usage == nil)
        }
    }

    @Test("only an event stream is one")
    func kinds() throws {
        let events = AnswerTap(
            try stream("content-type: text/event-stream"), withholdsUsage: false)
        let isStream = events.isEventStream
        let json = AnswerTap(try stream("content-type: application/json"), withholdsUsage: false)
        let isJSON = json.isEventStream
        #expect(isStream && !isJSON)
    }
}
