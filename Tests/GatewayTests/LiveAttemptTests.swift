// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Reactor
import Testing
import Upstreams

/// What a worker does when upstreams fail, close, stall, or have no room.
@Suite struct LiveAttemptTests {
    private let upstreams: [ScriptedUpstream]

    init() throws { upstreams = try (0..<2).map { _ in try ScriptedUpstream() } }

    private func gateway(
        _ count: Int = 2, _ change: (inout Snapshot) -> Void = { _ in }
    ) throws -> GatewayUnderTest {
        try GatewayUnderTest(Array(upstreams.prefix(count)), change)
    }

    // MARK: - Fallback

    @Test("trouble at one upstream is answered by the next", arguments: [401, 429, 500, 503])
    func nextTarget(status: Int) throws {
        let gateway = try gateway()
        let client = try gateway.connect()
        client.send(Ask().text)
        let first = try upstreams[0].accept()
        #expect(first.receiveMessage().text == Ask().body)
        first.answer(status, "trouble")
        let second = try upstreams[1].accept()
        #expect(second.receiveMessage().text == Ask().body)
        second.answer(200, "fine")
        let answer = client.receiveMessage()
        #expect(answer.status == 200 && answer.text == "fine")
        #expect(answer["x-apus-attempts"] == "2" && answer["x-apus-target"] == "u1/m")
        // The refused answer was short, so its connection is kept.
        gateway.wait { $0.pools.allSatisfy { $0.open == 1 && $0.idle == 1 } }
    }

    @Test("the last upstream's trouble is the caller's, in its own words")
    func lastAnswer() throws {
        let gateway = try gateway()
        let client = try gateway.connect()
        client.send(Ask().text)
        for (index, status) in [500, 429].enumerated() {
            let peer = try upstreams[index].accept()
            _ = peer.receiveMessage()
            peer.answer(status, "words of \(index)", fields: ["retry-after: 7"])
        }
        let answer = client.receiveMessage()
        #expect(answer.status == 429 && answer.text == "words of 1")
        #expect(answer["retry-after"] == "7" && answer["x-should-retry"] == "false")
        #expect(answer["x-apus-attempts"] == "2")
    }

    private static let busy =
        "data: {\"error\":{\"message\":\"Busy\",\"type\":\"server_error\",\"code\":503}}\n\n"
    private static let role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n"
    private static let token = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n"

    @Test(
        "a stream that begins with an error is answered by the next upstream",
        arguments: [true, false])
    func openingError(hasRole: Bool) throws {
        let gateway = try gateway()
        let client = try gateway.connect()
        client.send(Ask(stream: true).text)
        let first = try upstreams[0].accept()
        _ = first.receiveMessage()
        first.beginChunked()
        first.chunk(hasRole ? Self.role + Self.busy : Self.busy)
        let second = try upstreams[1].accept()
        _ = second.receiveMessage()
        second.beginChunked()
        second.chunk(Self.token + "data: [DONE]\n\n")
        second.send("0\r\n\r\n")
        let answer = client.receiveMessage()
        #expect(answer.isWhole && answer["x-apus-attempts"] == "2")
        #expect(answer.text.contains(#""content":"x""#) && !answer.text.contains("Busy"))
    }

    @Test("an error that no other upstream can mend is relayed as the stream it came in")
    func relayedErrors() throws {
        let wrong = Self.busy.replacing("503", with: "400").replacing("server", with: "invalid")
        for (count, opening) in [(1, Self.busy), (2, wrong), (2, Self.token + Self.busy)] {
            let gateway = try gateway(count)
            let client = try gateway.connect()
            client.send(Ask(stream: true).text)
            let peer = try upstreams[0].accept()
            _ = peer.receiveMessage()
            peer.beginChunked()
            peer.chunk(opening)
            peer.send("0\r\n\r\n")
            let answer = client.receiveMessage()
            #expect(answer.status == 200 && answer.text == opening)
            #expect(answer["x-apus-attempts"] == "1")
        }
    }

    @Test("a long refused answer is not waited for")
    func longRefusal() throws {
        let gateway = try gateway()
        let client = try gateway.connect()
        client.send(Ask().text)
        let first = try upstreams[0].accept()
        _ = first.receiveMessage()
        first.send("HTTP/1.1 500 No\r\ncontent-length: 1000000\r\n\r\nbeginning")
        let second = try upstreams[1].accept()
        _ = second.receiveMessage()
        second.answer(200, "fine")
        #expect(client.receiveMessage().text == "fine")
        #expect(first.receive() == nil)
        #expect(gateway.report.pools[0].open == 0)
    }

    @Test("an upstream that closes without an answer, answers garbage or is not there is passed by")
    func brokenUpstreams() throws {
        for manner in 0..<4 {
            let gateway = try gateway()
            let client = try gateway.connect()
            client.send(Ask().text)
            let first = try upstreams[0].accept()
            _ = first.receiveMessage()
            switch manner {
            case 0: first.close()
            case 1: first.reset()
            case 2: first.send("SSH-2.0-nothing\r\n")
            default:
                first.send("HTTP/1.1 200 OK\r\ncontent-le")
                first.close()
            }
            let second = try upstreams[1].accept()
            _ = second.receiveMessage()
            second.answer(200, "fine")
            let answer = client.receiveMessage()
            #expect(answer.text == "fine" && answer["x-apus-attempts"] == "2")
            #expect(gateway.report.pools[0].open == 0)
        }
    }

    @Test("when nobody answers the error lists each attempt")
    func nobody() throws {
        let free = try Listener.probe(.loopback(port: 0))
        let gateway = try gateway { snapshot in
            snapshot.upstreams[0].origin.port = free.port
        }
        let client = try gateway.connect()
        client.send(Ask().text)
        let second = try upstreams[1].accept()
        _ = second.receiveMessage()
        second.close()
        let answer = client.receiveMessage()
        #expect(answer.status == 502 && answer["x-should-retry"] == "false")
        #expect(answer.text.contains("u0: unreachable"))
        #expect(answer.text.contains("u1: connection_lost"))
        #expect(answer.text.contains("upstream_failed"))
        client.send("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(client.receiveMessage().status == 200)
    }

    @Test("a fallback route takes over, unless the caller wants none")
    func fallbackRoute() throws {
        let gateway = try gateway { snapshot in
            let routes = ["m", "spare"].enumerated().map { index, name in
                Route(
                    name: name, strategy: .priority,
                    targets: [Target(upstream: index, model: Bytes("real-\(index)"))],
                    fallback: index == 0 ? [1] : [])
            }
            snapshot.routes = RouteTable(routes)
        }
        let client = try gateway.connect()
        client.send(Ask().text)
        let first = try upstreams[0].accept()
        #expect(first.receiveMessage().text.contains("\"model\":\"real-0\""))
        first.answer(503, "no")
        let second = try upstreams[1].accept()
        #expect(second.receiveMessage().text.contains("\"model\":\"real-1\""))
        second.answer(200, "fine")
        #expect(client.receiveMessage()["x-apus-target"] == "u1/real-1")
        client.send(Ask(fields: ["x-apus-no-fallback: true"]).text)
        _ = first.receiveMessage()
        first.answer(503, "no")
        #expect(client.receiveMessage().status == 503)
    }

    // MARK: - Stale connections

    @Test("a kept connection that had gone stale is replaced, unseen")
    func stale() throws {
        let gateway = try gateway(1)
        let client = try gateway.connect()
        client.send(Ask().text)
        let first = try upstreams[0].accept()
        _ = first.receiveMessage()
        first.answer(200, "one")
        #expect(client.receiveMessage().text == "one")
        client.send(Ask().text)
        _ = first.receiveMessage()
        first.close()
        let second = try upstreams[0].accept()
        #expect(second.receiveMessage().text == Ask().body)
        second.answer(200, "two")
        let answer = client.receiveMessage()
        #expect(answer.text == "two" && answer["x-apus-attempts"] == "1")
    }

    @Test("a connection that was never used is not asked twice, nor one that had begun to answer")
    func notStale() throws {
        let gateway = try gateway(1)
        let client = try gateway.connect()
        client.send(Ask().text)
        let first = try upstreams[0].accept()
        _ = first.receiveMessage()
        first.close()
        #expect(client.receiveMessage().status == 502)
        client.send(Ask().text)
        let second = try upstreams[0].accept()
        _ = second.receiveMessage()
        second.answer(200, "two")
        #expect(client.receiveMessage().text == "two")
        client.send(Ask().text)
        _ = second.receiveMessage()
        second.send("HTTP/1.1 2")
        second.close()
        #expect(client.receiveMessage().status == 502)
        #expect(!upstreams[0].hasCaller)
    }

    @Test("an idle connection that the upstream closes is forgotten")
    func idleClosed() throws {
        let gateway = try gateway(1)
        let client = try gateway.connect()
        client.send(Ask().text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        peer.answer()
        _ = client.receiveMessage()
        gateway.wait { $0.pools[0].idle == 1 }
        peer.close()
        gateway.wait { $0.pools[0].open == 0 && $0.pools[0].idle == 0 }
    }

    // MARK: - Time

    @Test("an upstream that does not begin in time is passed by, and its call cancelled")
    func firstToken() throws {
        let gateway = try gateway()
        let client = try gateway.connect()
        client.send(Ask(fields: ["x-apus-first-token-timeout-ms: 30"]).text)
        let first = try upstreams[0].accept()
        _ = first.receiveMessage()
        let second = try upstreams[1].accept()
        _ = second.receiveMessage()
        second.answer(200, "fine")
        let answer = client.receiveMessage()
        #expect(answer.text == "fine" && answer["x-apus-attempts"] == "2")
        #expect(first.receive() == nil)
    }

    @Test("the total time ends an exchange, whatever it is at")
    func totalTime() throws {
        let gateway = try gateway()
        let client = try gateway.connect()
        client.send(Ask(fields: ["x-apus-timeout-ms: 30"]).text)
        let first = try upstreams[0].accept()
        _ = first.receiveMessage()
        let answer = client.receiveMessage()
        #expect(answer.status == 504 && answer.text.contains("upstream_timeout"))
        #expect(first.receive() == nil)
        #expect(!upstreams[1].hasCaller)
    }

    @Test("the total time ends a wait for a connection, too")
    func queueTime() throws {
        let gateway = try gateway(1) { $0.upstreams[0].pool.maximumConnections = 1 }
        let busy = try gateway.connect()
        busy.send(Ask().text)
        let peer = try upstreams[0].accept()
        _ = peer.receiveMessage()
        let client = try gateway.connect()
        client.send(Ask(fields: ["x-apus-timeout-ms: 30"]).text)
        let answer = client.receiveMessage()
        #expect(answer.status == 504)
        peer.answer(200, "for the first")
        #expect(busy.receiveMessage().text == "for the first")
        gateway.wait { $0.pools[0].idle == 1 && $0.pools[0].waiting == 0 }
    }

    // MARK: - Room

    @Test("exchanges beyond the limit of connections wait, in order, and more are refused")
    func queue() throws {
        let gateway = try gateway(1) { snapshot in
            snapshot.upstreams[0].pool.maximumConnections = 1
            snapshot.upstreams[0].pool.maximumWaiting = 2
        }
        let clients = try (0..<4).map { index in
            let client = try gateway.connect()
            client.send(Ask(fields: ["x-request-id: id-\(index)"]).text)
            if index < 3 { gateway.wait { $0.exchanges == index + 1 } }
            return client
        }
        let refused = clients[3].receiveMessage()
        #expect(refused.status == 503 && refused["retry-after"] == "1")
        #expect(refused.text.contains("overloaded"))
        let peer = try upstreams[0].accept()
        for index in 0..<3 {
            #expect(peer.receiveMessage()["x-request-id"] == "id-\(index)")
            peer.answer(200, "\(index)")
            #expect(clients[index].receiveMessage().text == "\(index)")
        }
    }

    @Test("a client that leaves the queue does not keep the others waiting")
    func leavingTheQueue() throws {
        let gateway = try gateway(1) { $0.upstreams[0].pool.maximumConnections = 1 }
        let clients = try (0..<3).map { index in
            let client = try gateway.connect()
            client.send(Ask(fields: ["x-request-id: id-\(index)"]).text)
            gateway.wait { $0.exchanges == index + 1 }
            return client
        }
        clients[1].close()
        gateway.wait { $0.exchanges == 2 }
        let peer = try upstreams[0].accept()
        for index in [0, 2] {
            #expect(peer.receiveMessage()["x-request-id"] == "id-\(index)")
            peer.answer(200, "\(index)")
            #expect(clients[index].receiveMessage().text == "\(index)")
        }
    }
}
