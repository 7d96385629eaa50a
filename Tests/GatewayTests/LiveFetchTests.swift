// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor
import Testing
import Upstreams

@testable import Gateway

/// Images by URL for a provider that takes bytes alone, with the test as provider and image host.
@Suite struct LiveFetchTests {
    /// A gateway before one provider that wants bytes, and a host that images come from.
    private struct Scene {
        let upstream: ScriptedUpstream
        let host: ScriptedUpstream
        let gateway: GatewayUnderTest

        var base: String { "http://127.0.0.1:\(host.address.port)" }

        init(_ change: @escaping (inout FetchOptions) -> Void = { _ in }) throws {
            let (upstream, host) = (try ScriptedUpstream(), try ScriptedUpstream())
            self.upstream = upstream
            self.host = host
            let pattern = try #require(
                FetchPattern("http://127.0.0.1:\(host.address.port)/images/"))
            let network = try #require(AddressNetwork("127.0.0.0/8"))
            gateway = try GatewayUnderTest([upstream]) { snapshot in
                snapshot.upstreams[0].takesImageURLs = false
                snapshot.fetch.allowed = [pattern]
                snapshot.fetch.addresses.networks = [network]
                snapshot.fetch.timeout = .seconds(5)
                change(&snapshot.fetch)
            }
        }

        /// A chat with images.
        func ask(_ urls: String...) -> String {
            let parts = urls.map { "{\"type\":\"image_url\",\"image_url\":{\"url\":\"\($0)\"}}" }
            let content = ["{\"type\":\"text\",\"text\":\"what\"}"] + parts
            let body =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
                + "[\(content.joined(separator: ","))]}]}"
            return [
                "POST /v1/chat/completions HTTP/1.1", "host: g", "authorization: Bearer secret",
                "content-type: application/json", "content-length: \(body.utf8.count)", "", body,
            ].joined(separator: "\r\n")
        }

        /// What a caller of one image hears.
        func refusal(of url: String) throws -> RawMessage {
            let client = try gateway.connect()
            client.send(ask(url))
            return client.receiveMessage()
        }
    }

    @Test("an image on the list reaches the provider as base64")
    func fetched() throws {
        let scene = try Scene()
        let client = try scene.gateway.connect()
        let url = "\(scene.base)/images/a.png"
        client.send(scene.ask("\(url)?v=1", "data:image/gif;base64,R0lG", "\(url)?v=1#x"))
        let peer = try scene.host.accept()
        let request = peer.receiveMessage()
        #expect(request.line == "GET /images/a.png?v=1 HTTP/1.1")
        #expect(request["authorization"] == nil && request["host"]?.hasPrefix("127.0.0.1:") == true)
        peer.answer(200, "pixels", type: "image/png; charset=x")
        let upstream = try scene.upstream.accept()
        let asked = upstream.receiveMessage()
        let data = "data:image/png;base64,cGl4ZWxz"
        #expect(asked.text.components(of: data) == 2)
        #expect(asked.text.contains("R0lG") && !asked.text.contains("a.png"))
        upstream.answer(
            200,
            "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\","
                + "\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"a cat\"}}]}")
        #expect(client.receiveMessage().text.contains("a cat"))
        // One address, one fetch.
        #expect(!scene.host.hasCaller)
        #expect(scene.gateway.onLoop { $0.fetchCount } == 0)
    }

    @Test("without a list nothing is fetched, and the provider's rule is told")
    func off() throws {
        let scene = try Scene { $0.allowed = [] }
        let answer = try scene.refusal(of: "\(scene.base)/images/a.png")
        #expect(answer.status == 400 && answer.text.contains("as base64 alone"))
        #expect(!scene.host.hasCaller && !scene.upstream.hasCaller)
    }

    @Test(
        "what is not on the list is not asked for",
        arguments: [
            ("http://127.0.0.1:PORT/other/a.png", "list of allowed addresses"),
            ("https://127.0.0.1:PORT/images/a.png", "list of allowed addresses"),
            ("http://localhost:PORT/images/a.png", "list of allowed addresses"),
            ("http://user:hunter2@127.0.0.1:PORT/images/a.png", "user name"),
            ("http://127.0.0.1:PORT/images/../a.png", "'..'"),
            ("gopher://127.0.0.1:PORT/images/a.png", "no address"),
        ])
    func notAllowed(url: String, reason: String) throws {
        let scene = try Scene()
        let port = "\(scene.host.address.port)"
        let answer = try scene.refusal(of: url.replacing("PORT", with: port))
        #expect(answer.status == 400 && answer.text.contains(reason), "\(answer.text)")
        #expect(answer.text.contains("\"param\":\"messages[0].content[1]"))
        #expect(!answer.text.contains("hunter2"))
        #expect(!scene.host.hasCaller && !scene.upstream.hasCaller)
    }

    @Test("an address that is not public is not connected to, whatever the list says")
    func privateAddress() throws {
        let scene = try Scene { $0.addresses.networks = [] }
        let answer = try scene.refusal(of: "\(scene.base)/images/a.png")
        #expect(answer.status == 400 && answer.text.contains("not public"))
        #expect(answer.text.contains("from 127.0.0.1"))
        #expect(!scene.host.hasCaller)
    }

    @Test(
        "what comes back has to be an image of the size allowed",
        arguments: [
            (
                "HTTP/1.1 302 F\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
                "redirect"
            ),
            ("HTTP/1.1 404 F\r\ncontent-length: 0\r\n\r\n", "status was 404"),
            ("HTTP/1.1 200 F\r\ncontent-type: text/html\r\ncontent-length: 1\r\n\r\nx", "image/"),
            ("HTTP/1.1 200 F\r\ncontent-type: image/\r\ncontent-length: 1\r\n\r\nx", "image/"),
            ("HTTP/1.1 200 F\r\ncontent-length: 1\r\n\r\nx", "image/"),
            (
                "HTTP/1.1 200 F\r\ncontent-type: image/png\r\ncontent-encoding: gzip\r\n"
                    + "content-length: 1\r\n\r\nx", "content-encoding"
            ),
            (
                "HTTP/1.1 200 F\r\ncontent-type: image/png\r\ncontent-length: 9\r\n\r\n",
                "larger than the 8 bytes"
            ),
            (
                "HTTP/1.1 200 F\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n"
                    + "5\r\naaaaa\r\n5\r\naaaaa\r\n", "larger than the 8 bytes"
            ),
            ("HTTP/1.1 200 F\r\ncontent-type: image/png\r\ncontent-length: 0\r\n\r\n", "no bytes"),
            ("nonsense\r\n\r\n", "no HTTP"),
        ])
    func answers(answer: String, reason: String) throws {
        let scene = try Scene { $0.imageBytes = 8 }
        let client = try scene.gateway.connect()
        client.send(scene.ask("\(scene.base)/images/a.png"))
        let peer = try scene.host.accept()
        _ = peer.receiveMessage()
        peer.send(answer)
        let heard = client.receiveMessage()
        #expect(heard.status == 400 && heard.text.contains(reason), "\(heard.text)")
        #expect(!scene.upstream.hasCaller)
        // Nothing more is read of it.
        #expect(peer.receiveToEnd().isEmpty)
    }

    @Test("a half image is none")
    func broken() throws {
        let scene = try Scene()
        let client = try scene.gateway.connect()
        client.send(scene.ask("\(scene.base)/images/a.png"))
        let peer = try scene.host.accept()
        _ = peer.receiveMessage()
        peer.send("HTTP/1.1 200 F\r\ncontent-type: image/png\r\ncontent-length: 9\r\n\r\nhalf")
        peer.close()
        #expect(client.receiveMessage().text.contains("connection was lost"))
    }

    @Test("a request has a limit of images")
    func count() throws {
        let scene = try Scene { $0.images = 1 }
        let client = try scene.gateway.connect()
        client.send(scene.ask("\(scene.base)/images/a.png", "\(scene.base)/images/b.png"))
        let answer = client.receiveMessage()
        #expect(answer.status == 400 && answer.text.contains("may have 1 of them"))
        #expect(!scene.host.hasCaller)
    }

    @Test("a silent host is given up in time, and its connection with it")
    func silent() throws {
        let scene = try Scene { $0.timeout = .milliseconds(50) }
        let client = try scene.gateway.connect()
        client.send(scene.ask("\(scene.base)/images/a.png"))
        let peer = try scene.host.accept()
        let answer = client.receiveMessage()
        #expect(answer.status == 400 && answer.text.contains("in the time allowed"))
        _ = peer.receiveMessage()
        #expect(peer.receiveToEnd().isEmpty)
        #expect(scene.gateway.onLoop { $0.fetchCount } == 0)
    }

    @Test("a client that leaves ends the fetch")
    func clientGone() throws {
        let scene = try Scene()
        let client = try scene.gateway.connect()
        client.send(scene.ask("\(scene.base)/images/a.png"))
        let peer = try scene.host.accept()
        _ = peer.receiveMessage()
        client.close()
        #expect(peer.receiveToEnd().isEmpty)
        scene.gateway.wait { $0.connections == 0 }
        #expect(scene.gateway.onLoop { $0.fetchCount } == 0)
    }

    @Test("an image that cannot be had goes to the next target, which fetches by itself")
    func nextTarget() throws {
        let (first, second) = (try ScriptedUpstream(), try ScriptedUpstream())
        let gateway = try GatewayUnderTest([first, second]) { snapshot in
            snapshot.upstreams[0].takesImageURLs = false
            snapshot.fetch.allowed = [FetchPattern("https://images.test/")].compactMap(\.self)
        }
        let scene = try Scene()
        let client = try gateway.connect()
        client.send(scene.ask("https://other.test/a.png"))
        let peer = try second.accept()
        #expect(peer.receiveMessage().text.contains("https://other.test/a.png"))
        peer.answer()
        #expect(client.receiveMessage().status == 200)
        #expect(!first.hasCaller)
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
