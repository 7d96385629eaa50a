// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Foundation
import Gateway
import Metering
import Testing
import Upstreams

@testable import Config

@Suite struct GoodConfigurationTests {
    @Test("the documented example is loaded without a finding")
    func example() throws {
        let loaded = try load(repositoryFile("docs/examples/apus.yaml"))
        #expect(loaded.warnings == [])
        let snapshot = loaded.snapshot
        #expect(snapshot.upstreams.map(\.name) == ["openai", "claude", "local", "azure"])
        #expect(snapshot.routes.routes.map(\.name) == ["fast", "small", "gpt-*", "claude/*"])
        #expect(snapshot.keys.keys.map(\.name) == ["dev", "batch"])
        #expect(snapshot.node.name == "host-7")
        #expect(snapshot.node.region == "eu-west")
        #expect(snapshot.limits == RequestLimits())
        #expect(snapshot.timeouts == Timeouts())
        #expect(snapshot.attempts == AttemptLimits())
    }

    @Test("an operator's prices go before those of the table")
    func prices() throws {
        let prices = try load(repositoryFile("docs/examples/apus.yaml")).snapshot.prices
        let own = prices.price(providers: ["azure", "openai"], model: "gpt-4o-2024-11-20")
        #expect(own?.base.input.description == "2.75")
        #expect(own?.base.cachedInput?.description == "1.375")
        #expect(prices.price(provider: "local", model: "llama3")?.base.input == .zero)
        let tiered = prices.price(provider: "local", model: "gemini-2.5-pro")
        #expect(tiered?.tiers.map(\.aboveInput) == [200_000])
        #expect(tiered?.cost(of: MeteredTokens(input: 200_000))?.description == "0.25")
        #expect(tiered?.cost(of: MeteredTokens(input: 200_001))?.description == "0.5000025")
        let listed = prices.price(provider: "openai", model: "gpt-4o")
        #expect(listed?.base.input == NanoDollars(2_500_000_000))
    }

    @Test("a provider's parts")
    func provider() throws {
        let snapshot = try load(repositoryFile("docs/examples/apus.yaml")).snapshot
        let azure = snapshot.upstreams[3]
        #expect(azure.kind == .compatible)
        #expect(azure.origin.host == "example.openai.azure.com")
        #expect(azure.origin.port == 443)
        #expect(azure.basePath == "/openai/v1")
        #expect(azure.credentialField == "api-key")
        #expect(azure.credentials.map { $0.reveal() } == ["not-set"])
        #expect(azure.extraFields == [ExtraField(name: "x-team", value: Secret("search"))])
        #expect(azure.pool.maximumConnections == 512)
        #expect(snapshot.upstreams[0].credentials.map { $0.reveal() } == ["Bearer not-set"])
        #expect(snapshot.upstreams[2].basePath == "")
    }

    @Test("the smallest file: everything else is a default, anybody on this machine may call")
    func smallest() throws {
        let snapshot = try load(minimal).snapshot
        #expect(snapshot.keys.isOpen)
        #expect(snapshot.listen == ListenOptions())
        #expect(snapshot.upstreams[0].credentials == [Secret("Bearer sk-test")])
    }

    @Test("who keeps objects, and which keys may ask")
    func storedObjects() throws {
        let (a, b) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
        let text =
            minimal + """
                stored_objects: { openai: openai, gemini: "off" }
                request_limits: { upload: 3GB }
                keys:
                  - { name: a, hash: "sha256:\(a)", stored_objects: false }
                  - { name: b, hash: "sha256:\(b)" }
                """
        let snapshot = try load(text).snapshot
        #expect(snapshot.storedObjects == [.openAI: .upstream(0), .gemini: .off])
        #expect(snapshot.keys.keys.map(\.storedObjects) == [false, nil])
        #expect(snapshot.limits.uploadBytes == 3_000_000_000)
    }

    @Test("calls, credentials and policies of providers")
    func calls() throws {
        let snapshot = try load(
            """
            providers:
              - name: a
                kind: azure
                base: https://x.openai.azure.com
                api_version: 2025-01-01
                keys: [k]
              - name: b
                kind: openai-compatible
                base: http://127.0.0.1:1/v1
                keys: [k]
                credential_header: authorization
                credential_prefix: "Key "
                paths: { messages: /messages, embeddings: "off" }
            models:
              - { name: m, unknown_fields: reject, targets: [{ provider: a }, { provider: b }] }
            timeouts: { keep_alive: 0 }
            """
        ).snapshot
        let path = snapshot.upstreams[0].paths[.chatCompletions]
        #expect(path == "/openai/deployments/{model}/chat/completions?api-version=2025-01-01")
        #expect(snapshot.upstreams[0].credentials == [Secret("k")])
        #expect(snapshot.upstreams[1].credentials == [Secret("Key k")])
        #expect(
            snapshot.upstreams[1].paths.calls == [.chatCompletions, .completions, .messages])
        #expect(snapshot.routes.routes[0].unknownFields == .reject)
        #expect(snapshot.timeouts.keepAlive == .zero)
    }

    @Test("the documented template of a provider that nobody foresaw is loaded without a finding")
    func template() throws {
        let text = try repositoryFile("docs/CONFIGURATION.md")
        let start = try #require(text.range(of: "providers:\n  - name: teapot"))
        let end = try #require(text[start.lowerBound...].range(of: "```"))
        let loaded = try load(String(text[start.lowerBound..<end.lowerBound]))
        #expect(loaded.warnings == [])
        let mapping = try #require(loaded.snapshot.mappings["teapot"])
        #expect(mapping.request.drop == ["model", "stream_options"])
        #expect(mapping.request.rename.count == 2 && mapping.request.set.count == 1)
        #expect(mapping.request.set[0].value == "true")
        #expect(mapping.answer?.text == FieldPath("out.0.text"))
        #expect(mapping.stream?.framing == .lines)
        #expect(mapping.finishWords == ["eos": .stop, "max": .length])
        #expect(mapping.statuses == [418: 429])
        #expect(loaded.snapshot.upstreams[0].credentialParameter == "token")
        #expect(loaded.snapshot.upstreams[0].credentials == [Secret("not-set")])
    }
}
