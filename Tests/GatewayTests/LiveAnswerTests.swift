// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Reactor
import Testing

/// Answers on their way through a worker, seen from both of its ends.
@Suite struct LiveAnswerTests {
    private let upstream: ScriptedUpstream
    private let gateway: GatewayUnderTest

    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try GatewayUnderTest([upstream])
    }

    private func noise(_ count: Int, seed: UInt64) -> String {
        var random = SeededGenerator(seed: seed)
        let letters = Array("abcdefghijklmnopqrstuvwxyz {}[]\":,\\\n0123456789".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<count { text.append(letters[Int(random.next() % UInt64(letters.count))]) }
        return String(text)
    }

    @Test("the request goes out with its own head, and the caller's body untouched")
    func request() throws {
        let client = try gateway.connect()
        let ask = Ask(
            fields: [
                "authorization: Bearer client-key", "cookie: a=b", "x-request-id: my-id",
                "traceparent: 00-11111111111111111111111111111111-2222222222222222-01",
                "idempotency-key: once",
            ], more: " ,\"x\" : [1, 2]")
        client.send(ask.text)
        let peer = try upstream.accept()
        let request = peer.receiveMessage()
        #expect(request.line == "POST /base/chat/completions HTTP/1.1")
        #expect(request.text == ask.body)
        #expect(request["host"] == upstream.address.description)
        #expect(request["x-request-id"] == "my-id" && request["idempotency-key"] == "once")
        #expect(request["traceparent"]?.hasPrefix("00-11111111") == true)
        #expect(request["authorization"] == nil && request["cookie"] == nil)
        peer.answer()
        #expect(client.receiveMessage()["x-request-id"] == "my-id")
    }

    @Test(
        "an answer with a length passes byte for byte", arguments: [0, 1, 100, 70_000, 1_000_000])
    func length(size: Int) throws {
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        let body = noise(size, seed: UInt64(size))
        // Both ends at once, or a large answer would not fit between them.
        let sender = Background { peer.answer(200, body, fields: ["x-own: 1", "server: their"]) }
        let answer = client.receiveMessage()
        sender.join()
        #expect(answer.status == 200 && answer.isWhole)
        #expect(answer.text == body)
        #expect(answer["content-length"] == "\(size)" && answer["transfer-encoding"] == nil)
        #expect(answer["x-own"] == "1" && answer["server"] == nil)
        #expect(answer["x-apus-target"] == "u0/m" && answer["x-apus-attempts"] == "1")
    }

    @Test("chunks may be cut anywhere; their data passes byte for byte", arguments: [1, 7, 4096])
    func chunked(size: Int) throws {
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        let body = noise(size * 20, seed: 3)
        peer.beginChunked(type: "application/json")
        var rest = Substring(body)
        while !rest.isEmpty {
            peer.chunk(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        peer.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer.isWhole && answer.text == body)
        #expect(answer["transfer-encoding"] == "chunked" && answer["content-length"] == nil)
    }

    @Test("a body that ends with the connection is whole for the client, too")
    func untilClose() throws {
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nhello")
        peer.close()
        let answer = client.receiveMessage()
        #expect(answer.isWhole && answer.text == "hello")
        gateway.wait { $0.pools[0].open == 0 }
    }

    @Test(
        "an answer without a body has none, and the connections go on",
        arguments: [(204, ""), (304, ""), (304, "content-length: 10"), (200, "content-length: 0")])
    func bodyless(status: Int, field: String) throws {
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.send("HTTP/1.1 \(status) Fine\r\n" + (field.isEmpty ? "" : field + "\r\n") + "\r\n")
        let answer = client.receiveMessage(hasBody: status == 200)
        #expect(answer.status == status && answer.body.isEmpty)
        #expect(answer["transfer-encoding"] == nil)
        client.send(Ask().text)
        _ = peer.receiveMessage()
        peer.answer(200, "second")
        #expect(client.receiveMessage().text == "second")
    }

    @Test("informational answers are not the answer")
    func informational() throws {
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n")
        peer.answer(200, "late")
        #expect(client.receiveMessage().text == "late")
    }

    @Test("an HTTP/1.0 client gets its stream up to the end of the connection")
    func oldClient() throws {
        let client = try gateway.connect()
        client.send(Ask(version: "1.0").text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.beginChunked(type: "text/plain")
        peer.chunk("one ")
        peer.chunk("two")
        peer.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer["transfer-encoding"] == nil && answer["content-length"] == nil)
        #expect(answer.text == "one two" && answer.isWhole)
    }

    @Test("pipelined requests are answered one after the other, in order")
    func pipelined() throws {
        let client = try gateway.connect()
        let asks = (0..<4).map { Ask(fields: ["x-request-id: id-\($0)"]).text }
        client.send(asks.joined() + "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
        let peer = try upstream.accept()
        for index in 0..<4 {
            #expect(peer.receiveMessage()["x-request-id"] == "id-\(index)")
            peer.answer(200, "answer \(index)")
        }
        for index in 0..<4 {
            let answer = client.receiveMessage()
            #expect(answer["x-request-id"] == "id-\(index)" && answer.text == "answer \(index)")
        }
        #expect(client.receiveMessage().text == "ok\n")
        #expect(!upstream.hasCaller)
    }

    @Test("many early bytes wait without being read, and are all served")
    func earlyBytes() throws {
        let client = try gateway.connect()
        let padding = String(repeating: " ", count: 90_000)
        let asks = (0..<6).map { Ask(fields: ["x-request-id: id-\($0)"], more: padding).text }
        let sender = Background { client.send(asks.joined()) }
        let peer = try upstream.accept()
        for index in 0..<6 {
            #expect(peer.receiveMessage()["x-request-id"] == "id-\(index)")
            peer.answer(200, "answer \(index)")
            #expect(client.receiveMessage().text == "answer \(index)")
        }
        sender.join()
    }

    @Test("a client that closes its sending side still gets the answers written by then")
    func halfClosed() throws {
        let client = try gateway.connect()
        // Nothing is handled while the loop is busy, so that request and end come together.
        gateway.loop.run { _ in
            client.send("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
            client.shutdownWrite()
        }
        let answer = client.receiveMessage()
        #expect(answer.status == 200 && answer.text == "ok\n")
        #expect(client.receive() == nil && client.end == .orderly)
        gateway.wait { $0.isIdle }
    }

    // MARK: - Streams

    private static let event =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"
    private static let usage =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n"
    private static let done = "data: [DONE]\n\n"

    @Test("usage is asked for in the client's place, and its chunk withheld")
    func withheldUsage() throws {
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstream.accept()
        #expect(peer.receiveMessage().text.contains("\"include_usage\":true"))
        peer.beginChunked()
        for piece in [Self.event, Self.event, Self.usage, Self.done] { peer.chunk(piece) }
        peer.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer.isWhole && answer.text == Self.event + Self.event + Self.done)
    }

    @Test("a client that asked for usage gets every byte")
    func askedUsage() throws {
        let client = try gateway.connect()
        let ask = Ask(stream: true, more: ",\"stream_options\":{\"include_usage\":true}")
        client.send(ask.text)
        let peer = try upstream.accept()
        #expect(peer.receiveMessage().text == ask.body)
        peer.beginChunked()
        for piece in [Self.event, Self.usage, Self.done] { peer.chunk(piece) }
        peer.send("0\r\n\r\n")
        #expect(client.receiveMessage().text == Self.event + Self.usage + Self.done)
    }

    @Test("each piece of a stream is relayed before the next one comes")
    func flushes() throws {
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        for _ in 0..<5 {
            peer.chunk(Self.event)
            #expect(client.receive(until: "\n\n\r\n").contains("\"a\""))
        }
        peer.send("0\r\n\r\n")
        #expect(client.receive(until: "0\r\n\r\n") == "0\r\n\r\n")
    }

    @Test("a stream that breaks off ends with an error event and without its last chunk")
    func brokenStream() throws {
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk(Self.event)
        peer.close()
        let answer = client.receiveMessage()
        #expect(answer.text.hasPrefix(Self.event))
        #expect(answer.text.contains("upstream_broke_off"))
        #expect(!answer.isWhole && client.end == .orderly)
    }

    @Test("a whole answer that breaks off is not whole for the client")
    func brokenWhole() throws {
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.send(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{\"a\"")
        _ = client.receive(until: "{\"a\"")
        peer.close()
        #expect(client.receiveToEnd().isEmpty)
    }

    @Test("an HTTP/1.0 client sees a reset where nothing else shows the break")
    func brokenForOldClient() throws {
        let client = try gateway.connect()
        client.send(Ask(version: "1.0").text)
        let peer = try upstream.accept()
        _ = peer.receiveMessage()
        peer.beginChunked(type: "text/plain")
        peer.chunk("part")
        _ = client.receive(until: "part")
        peer.close()
        #expect(client.receiveToEnd().isEmpty && client.end == .reset)
    }
}

/// Something done on a thread of its own while the test goes on.
final class Background {
    private let thread: LoopThread

    private final class Body: @unchecked Sendable {  // Sendable: run once, on the other thread.
        let run: () -> Void

        init(_ run: @escaping () -> Void) { self.run = run }
    }

    init(_ run: @escaping () -> Void) {
        let body = Body(run)
        thread = LoopThread(name: "background") { body.run() }
    }

    func join() { thread.join() }
}
