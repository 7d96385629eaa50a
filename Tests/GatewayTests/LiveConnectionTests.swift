// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Reactor
import Testing
import Upstreams

/// Clients that leave or are slow, configurations that change, and the end of a worker.
@Suite struct LiveConnectionTests {
    private let upstreams: [ScriptedUpstream]

    init() throws { upstreams = try (0..<2).map { _ in try ScriptedUpstream() } }

    private static let event =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"

    // MARK: - Clients that leave

    @Test("a client that leaves before the answer cancels the call", arguments: [true, false])
    func leaves(byReset: Bool) throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        if byReset { client.reset() } else { client.close() }
        #expect(peer.receive() == nil && peer.end != .tooLong)
        gateway.wait { $0.isIdle && $0.exchanges == 0 && $0.pools[0].open == 0 }
    }

    @Test("a client that leaves a stream cancels the call")
    func leavesStream() throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk(Self.event)
        _ = client.receive(until: "\n\n\r\n")
        client.close()
        #expect(peer.receive() == nil && peer.end != .tooLong)
        gateway.wait { $0.isIdle && $0.pools[0].open == 0 }
    }

    @Test("a client that leaves while its early bytes wait cancels the call, too")
    func leavesWhilePaused() throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        let early = [UInt8](repeating: 32, count: 100_000)
        client.send(early)
        client.close()
        #expect(peer.receive() == nil && peer.end != .tooLong)
        gateway.wait { $0.isIdle && $0.pools[0].open == 0 }
    }

    // MARK: - Backpressure

    /// Sends until the gateway takes no more, though its loop has had every chance.
    private func flood(
        _ peer: PeerSocket, _ gateway: GatewayUnderTest, _ block: [UInt8], limit: Int
    ) -> Int {
        var sent = 0
        var refusals = 0
        while refusals < 50, sent < limit {
            let count = peer.sendWithoutWaiting(Array(block.dropFirst(sent % block.count)))
            sent += count
            refusals = count == 0 ? refusals + 1 : 0
            gateway.loop.run { _ in }
        }
        return sent
    }

    @Test("a client that does not read stops the upstream, and loses nothing")
    func backpressure() throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let client = try gateway.connect(receiveBuffer: 16 * 1024)
        client.send(Ask().text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        let total = 200_000_000
        peer.send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: \(total)\r\n\r\n")
        let block = [UInt8](repeating: 97, count: 64 * 1024)
        let sent = flood(peer, gateway, block, limit: total)
        #expect(sent < 40_000_000, "the gateway took \(sent) bytes for a client that reads none")
        _ = client.receive(until: "\r\n\r\n")
        var got = 0
        while got < sent, let more = client.receive(min(sent - got, 65536)) { got += more.count }
        #expect(got == sent)
        // And it goes on.
        peer.send("more")
        #expect(client.receive(exactly: 4) == Array("more".utf8))
    }

    /// A request of 64 bytes that the node answers by itself.
    private static let probe: [UInt8] = {
        let line = "GET /livez HTTP/1.1\r\nhost: a\r\nx-pad: "
        let padding = String(repeating: "p", count: 60 - line.utf8.count)
        return Array((line + padding + "\r\n\r\n").utf8)
    }()

    @Test("a client that asks on and on without taking an answer is not read any further")
    func pipelineFlood() throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let client = try gateway.connect(receiveBuffer: 16 * 1024)
        let block = Array(repeatElement(Self.probe, count: 1024).joined())
        let sent = flood(client, gateway, block, limit: 40_000_000)
        #expect(sent < 40_000_000, "the gateway took \(sent) bytes of requests")
        for _ in 0..<1000 { #expect(client.receiveMessage().text == "ok\n") }
    }

    @Test(
        "an answer that ends while its client is congested leaves a connection that works",
        arguments: [100_000, 150_000, 170_000, 190_000, 250_000, 400_000])
    func reuseAfterCongestion(size: Int) throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        // A long answer first, for the kernel to open its window.
        let sender = Background { peer.answer(200, String(repeating: "b", count: 8_000_000)) }
        #expect(client.receiveMessage().body.count == 8_000_000)
        sender.join()
        client.send(Ask().text)
        _ = peer.receiveMessage()
        // All of it is there before the loop looks.
        let body = String(repeating: "a", count: size)
        gateway.loop.run { _ in
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: \(size)\r\n\r\n"
            _ = peer.sendWithoutWaiting(Array((head + body).utf8))
        }
        #expect(client.receiveMessage().body.count == size)
        client.send(Ask(fields: ["x-apus-timeout-ms: 5000"]).text)
        _ = peer.receiveMessage()
        peer.answer(200, "again")
        #expect(client.receiveMessage().text == "again")
        #expect(!upstreams[0].hasCaller)
    }

    // MARK: - Changes

    @Test("a request under way finishes with the configuration that it began with")
    func swap() throws {
        let gateway = try GatewayUnderTest([upstreams[0]]) { $0.node.name = "old" }
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk(Self.event)
        let head = client.receive(until: "\r\n\r\n")
        _ = client.receive(until: "\n\n\r\n")
        var next = GatewayUnderTest.snapshot([upstreams[1]])
        next.generation = 2
        next.node.name = "new"
        let loaded = try LoadedSnapshot(next)
        gateway.onLoop { $0.apply(loaded) }
        #expect(gateway.report.generation == 2)
        peer.chunk(Self.event)
        #expect(client.receive(until: "\n\n\r\n").contains("\"a\""))
        peer.send("0\r\n\r\n")
        _ = client.receive(until: "0\r\n\r\n")
        #expect(head.contains("x-apus-node: old"))
        // The old upstream is no longer named: its connection is not kept.
        #expect(peer.receive() == nil)
        client.send(Ask().text)
        let second = try upstreams[1].accept()
        _ = second.receiveMessage()
        second.answer(200, "new")
        let answer = client.receiveMessage()
        #expect(answer.text == "new" && answer["x-apus-node"] == "new")
    }

    @Test("connections to an upstream that stays are kept over a change")
    func keptPool() throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.answer()
        _ = client.receiveMessage()
        let loaded = try LoadedSnapshot(GatewayUnderTest.snapshot([upstreams[0]]))
        gateway.onLoop { $0.apply(loaded) }
        client.send(Ask().text)
        _ = peer.receiveMessage()
        peer.answer(200, "same")
        #expect(client.receiveMessage().text == "same")
        #expect(!upstreams[0].hasCaller)
    }

    // MARK: - Drain

    @Test("a drain closes idle connections, lets busy ones finish and tells new ones")
    func drain() throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let idle = try gateway.connect()
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk(Self.event)
        _ = client.receive(until: "\n\n\r\n")
        gateway.onLoop { $0.drain() }
        #expect(idle.receive() == nil && idle.end == .orderly)
        #expect(gateway.report.exchanges == 1)
        let late = try gateway.connect()
        late.send(Ask().text)
        let told = late.receiveMessage()
        #expect(told.status == 503 && told.text.contains("draining"))
        late.close()
        peer.chunk("data: [DONE]\n\n")
        peer.send("0\r\n\r\n")
        #expect(client.receive(until: "0\r\n\r\n").contains("[DONE]"))
        #expect(client.receive() == nil && client.end == .orderly)
        client.close()
        gateway.wait { $0.isIdle }
    }

    @Test("what a drain finds unfinished at its end is broken off properly")
    func expire() throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let streaming = try gateway.connect()
        streaming.send(Ask(stream: true).text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.beginChunked()
        peer.chunk(Self.event)
        _ = streaming.receive(until: "\n\n\r\n")
        let waiting = try gateway.connect()
        waiting.send(Ask().text)
        let second = try upstreams[0].accept()
        _ = second.receiveMessage()
        gateway.onLoop { worker in
            worker.drain()
            worker.expire()
        }
        let refused = waiting.receiveMessage()
        #expect(refused.status == 503 && refused.text.contains("draining"))
        #expect(refused["retry-after"] == "1")
        let rest = String(decoding: streaming.receiveToEnd(), as: UTF8.self)
        #expect(rest.contains("draining") && !rest.contains("0\r\n\r\n"))
        #expect(peer.receive() == nil && second.receive() == nil)
        for client in [streaming, waiting] { client.close() }
        gateway.wait { $0.isIdle }
    }

    @Test("a drain does not cut answers that a slow client has yet to take")
    func drainWithOutput() throws {
        let gateway = try GatewayUnderTest([upstreams[0]]) { snapshot in
            snapshot.routes = RouteTable(
                (0..<1000).map { Route(name: "model-\($0)", strategy: .priority, targets: []) })
        }
        let client = try gateway.connect(receiveBuffer: 16 * 1024)
        client.send(String(repeating: "GET /v1/models HTTP/1.1\r\nhost: a\r\n\r\n", count: 200))
        gateway.loop.run { _ in }
        gateway.loop.run { _ in }
        gateway.onLoop { $0.drain() }
        var wholes = 0
        while case let answer = client.receiveMessage(), answer.status == 200 {
            #expect(answer.isWhole, "the last answer is cut")
            wholes += 1
        }
        // The kernel holds a few megabytes, the worker the rest of what it had written.
        #expect(wholes > 10 && wholes < 200)
        #expect(client.end == .orderly)
        client.close()
        gateway.wait { $0.isIdle }
    }

    @Test("while it drains a worker refuses new work on connections that are still open")
    func refuseWhileDraining() throws {
        let gateway = try GatewayUnderTest([upstreams[0]])
        let client = try gateway.connect()
        client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n")
        gateway.loop.run { _ in }
        gateway.loop.run { _ in }
        gateway.onLoop { $0.drain() }
        client.send("content-length: 2\r\n\r\n{}")
        let answer = client.receiveMessage()
        #expect(answer.status == 503 && answer["connection"] == "close")
        #expect(client.receive() == nil)
    }
}
