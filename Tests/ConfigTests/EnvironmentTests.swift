// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Gateway
import Testing
import Upstreams

@Suite struct EnvironmentTests {
    private func load(
        _ variables: [String: String], api: String? = nil
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        try EnvironmentConfiguration(
            surroundings: Surroundings(variables: variables, hostName: "host-7"),
            overrides: ListenOverrides(api: api)
        ).load()
    }

    private func faults(_ variables: [String: String], api: String? = nil) -> [String] {
        do throws(InvalidConfiguration) {
            return try load(variables, api: api).warnings.map(\.description)
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    private func address(_ upstream: Upstream) -> String {
        let scheme = upstream.origin.scheme == .https ? "https" : "http"
        return "\(scheme)://\(upstream.origin.authority)\(upstream.basePath)"
    }

    @Test("nothing set: the simulated provider is asked for, and serves every name")
    func nothing() throws {
        var loaded = try load(["OPENAI_API_KEY": "", "HOME": "/root"])
        #expect(loaded.needsSimulatedProvider)
        #expect(loaded.snapshot.node.name == "host-7")
        #expect(loaded.snapshot.keys.isOpen)
        loaded.snapshot.addSimulatedProvider(
            origin: Origin(scheme: .http, host: "127.0.0.1", port: 4000))
        #expect(!loaded.needsSimulatedProvider)
        let snapshot = loaded.snapshot
        #expect(address(snapshot.upstreams[0]) == "http://127.0.0.1:4000/v1")
        let any = try #require(snapshot.routes.find("gpt-4o"))
        #expect(snapshot.routes.routes[any].targets[0].model(asked: "gpt-4o") == "gpt-4o")
        let own = try #require(snapshot.routes.find("simulated/x"))
        #expect(snapshot.routes.routes[own].targets[0].model(asked: "simulated/x") == "x")
    }

    @Test(
        "one variable makes one provider",
        arguments: [
            ("OPENAI_API_KEY", "openai", "https://api.openai.com/v1", "gpt-4o"),
            ("ANTHROPIC_API_KEY", "anthropic", "https://api.anthropic.com/v1", "claude-x"),
            (
                "GEMINI_API_KEY", "gemini",
                "https://generativelanguage.googleapis.com/v1beta", "gemini-x"
            ),
            (
                "GOOGLE_API_KEY", "gemini",
                "https://generativelanguage.googleapis.com/v1beta", "gemini-x"
            ),
            ("GROQ_API_KEY", "groq", "https://api.groq.com/openai/v1", "groq/llama"),
            ("MISTRAL_API_KEY", "mistral", "https://api.mistral.ai/v1", "codestral-latest"),
            ("DEEPSEEK_API_KEY", "deepseek", "https://api.deepseek.com/v1", "deepseek-chat"),
            ("XAI_API_KEY", "xai", "https://api.x.ai/v1", "grok-4"),
            ("OPENROUTER_API_KEY", "openrouter", "https://openrouter.ai/api/v1", "openrouter/a/b"),
            ("TOGETHER_API_KEY", "together", "https://api.together.xyz/v1", "together/a/b"),
            ("COHERE_API_KEY", "cohere", "https://api.cohere.com", "command-r"),
            ("CO_API_KEY", "cohere", "https://api.cohere.com", "cohere/x"),
            ("PERPLEXITY_API_KEY", "perplexity", "https://api.perplexity.ai", "sonar-pro"),
            ("CEREBRAS_API_KEY", "cerebras", "https://api.cerebras.ai/v1", "cerebras/x"),
            (
                "FIREWORKS_API_KEY", "fireworks", "https://api.fireworks.ai/inference/v1",
                "fireworks/x"
            ),
            ("HF_TOKEN", "huggingface", "https://router.huggingface.co/v1", "huggingface/a/b"),
            ("VLLM_API_KEY", "vllm", "http://127.0.0.1:8000/v1", "vllm/x"),
        ])
    func presets(variable: String, name: String, base: String, model: String) throws {
        // A second provider keeps the single one's '*' from hiding a missing pattern.
        let snapshot = try load([variable: "k", "OLLAMA_HOST": "box"]).snapshot
        #expect(snapshot.upstreams.map(\.name) == [name, "ollama"])
        #expect(address(snapshot.upstreams[0]) == base)
        let kind = snapshot.upstreams[0].kind
        let isBearer = kind.credentialField == "authorization"
        #expect(snapshot.upstreams[0].credentials == [Secret(isBearer ? "Bearer k" : "k")])
        #expect(snapshot.upstreams[0].credentialField == kind.credentialField)
        let route = try #require(snapshot.routes.find(Bytes(model)))
        #expect(snapshot.routes.routes[route].targets[0].upstream == 0)
    }

    @Test(
        "other addresses of vendors, with and without their path",
        arguments: [
            ("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
            ("OPENAI_BASE_URL", "https://proxy.example/", "https://proxy.example/v1"),
            ("ANTHROPIC_BASE_URL", "https://proxy.example", "https://proxy.example/v1"),
            ("ANTHROPIC_BASE_URL", "https://proxy.example/a", "https://proxy.example/a"),
        ])
    func bases(variable: String, value: String, expected: String) throws {
        let snapshot = try load([variable: value]).snapshot
        #expect(snapshot.upstreams.map(address) == [expected])
        #expect(snapshot.upstreams[0].credentials == [])
    }

    @Test(
        "forms of OLLAMA_HOST",
        arguments: [
            ("box", "http://box:11434"), ("box:80", "http://box"),
            ("0.0.0.0", "http://127.0.0.1:11434"), (":4000", "http://127.0.0.1:4000"),
            ("0.0.0.0:4000", "http://127.0.0.1:4000"), ("::1", "http://[::1]:11434"),
            ("[::1]", "http://[::1]:11434"), ("[::]:5", "http://[::1]:5"),
            ("http://box:4000", "http://box:4000"), ("http://box", "http://box"),
            ("https://box", "https://box"), ("https://box/x/", "https://box/x"),
            ("box/x", "http://box:11434/x"), ("http://box:4000/v1", "http://box:4000"),
        ])
    func ollama(text: String, expected: String) throws {
        #expect(try load(["OLLAMA_HOST": text]).snapshot.upstreams.map(address) == [expected])
    }

    @Test(
        "an address of this node itself is left out with a warning",
        arguments: ["http://127.0.0.1:8080/v1", "http://localhost:8080", "http://[::1]:8080/v1"])
    func ownAddress(base: String) throws {
        let loaded = try load(["OPENAI_BASE_URL": base, "OPENAI_API_KEY": "k"])
        #expect(
            loaded.warnings.map(\.description) == [
                "OPENAI_BASE_URL: warning: leads to this node itself, so it is not used"
            ])
        #expect(loaded.snapshot.upstreams.map(address) == ["https://api.openai.com/v1"])
        #expect(try load(["OPENAI_BASE_URL": base]).needsSimulatedProvider)
    }

    @Test("faults name the variable and never show a key")
    func faults() {
        #expect(
            faults(["OPENAI_API_KEY": "\"sk-1\"", "OLLAMA_HOST": "a b", "OPENAI_BASE_URL": "x"])
                == [
                    "OPENAI_BASE_URL: 'x' does not begin with https:// or http://;"
                        + " write it in front",
                    "OPENAI_API_KEY: a key must be visible ASCII characters without blanks and"
                        + " quotes; set it to the key alone",
                    "OLLAMA_HOST: 'a b' holds a character that an address cannot have",
                ])
    }

    @Test("providers are not opened to the network without a file that says so")
    func access() throws {
        #expect(
            faults(["OPENAI_API_KEY": "k"], api: "0.0.0.0:8080") == [
                "--listen: whoever reaches 0.0.0.0:8080 could use the providers without a key;"
                    + " write a configuration file with 'keys', or with 'auth: none' if that is"
                    + " meant"
            ])
        #expect(faults([:], api: "0.0.0.0:8080") == [])
        #expect(
            faults([:], api: "nowhere") == [
                "--listen: 'nowhere' has no port; write HOST:PORT, for example 127.0.0.1:8080"
            ])
        #expect(
            faults([:], api: "127.0.0.1:8081") == [
                "--admin: 127.0.0.1:8081 is the API's address; write another port"
            ])
    }
}
