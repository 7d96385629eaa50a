// SPDX-License-Identifier: Apache-2.0
import Core
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
        #expect(snapshot.upstreams[2].basePath == "/v1")
    }

    @Test("the smallest file: everything else is a default, anybody on this machine may call")
    func smallest() throws {
        let snapshot = try load(minimal).snapshot
        #expect(snapshot.keys.isOpen)
        #expect(snapshot.listen == ListenOptions())
        #expect(snapshot.upstreams[0].credentials == [Secret("Bearer sk-test")])
    }
}
