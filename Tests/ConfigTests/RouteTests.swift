// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Gateway
import Testing
import Upstreams

@Suite struct RouteTests {
    /// What a model's name becomes: `UPSTREAM MODEL` for the first target, or nothing.
    private func served(_ model: String, by snapshot: Snapshot) -> String? {
        guard let route = snapshot.routes.find(Bytes(model)),
            let target = snapshot.routes.routes[route].targets.first
        else { return nil }
        return "\(snapshot.upstreams[target.upstream].name) \(target.model(asked: Bytes(model)))"
    }

    @Test("without models, every provider serves its vendor's names and its own prefix")
    func derived() throws {
        let snapshot = try load(
            """
            providers:
              - { name: openai, kind: openai }
              - { name: claude, kind: anthropic }
              - { name: local, kind: ollama }
            """
        ).snapshot
        #expect(served("gpt-4o", by: snapshot) == "openai gpt-4o")
        #expect(served("openai/gpt-4o", by: snapshot) == "openai gpt-4o")
        #expect(served("claude-haiku-4-5", by: snapshot) == "claude claude-haiku-4-5")
        #expect(served("claude/claude-haiku-4-5", by: snapshot) == "claude claude-haiku-4-5")
        #expect(served("local/hf.co/a/b:q4", by: snapshot) == "local hf.co/a/b:q4")
        #expect(served("llama3.2", by: snapshot) == nil)
    }

    @Test("a single provider serves every name")
    func single() throws {
        let snapshot = try load("providers: [{ name: x, kind: ollama }]").snapshot
        #expect(served("llama3.2", by: snapshot) == "x llama3.2")
        #expect(served("x/llama3.2", by: snapshot) == "x llama3.2")
    }

    @Test("providers of one vendor share its names")
    func shared() throws {
        let snapshot = try load(
            "providers: [{ name: a, kind: openai }, { name: b, kind: openai }]"
        ).snapshot
        let route = try #require(snapshot.routes.find("gpt-4o"))
        #expect(snapshot.routes.routes[route].targets.map(\.upstream) == [0, 1])
        #expect(snapshot.routes.routes[route].targets.map(\.weight) == [1, 1])
    }

    @Test("configured models: exact names, prefixes, the rest of a prefix, a fixed name")
    func configured() throws {
        let snapshot = try load(
            """
            providers: [{ name: a, kind: openai }, { name: b, kind: anthropic }]
            models:
              - { name: gpt-4o, targets: [{ provider: a }] }
              - { name: "gpt-*", targets: [{ provider: b, model: fixed }] }
              - { name: "team/*", targets: [{ provider: b, model: "*" }] }
              - { name: "*", targets: [{ provider: a, model: "*" }] }
            """
        ).snapshot
        #expect(served("gpt-4o", by: snapshot) == "a gpt-4o")
        #expect(served("gpt-5", by: snapshot) == "b fixed")
        #expect(served("team/x/y", by: snapshot) == "b x/y")
        #expect(served("other", by: snapshot) == "a other")
    }

    @Test("a fallback is asked for its own name, not for the caller's")
    func fallbacks() throws {
        let snapshot = try load(
            """
            providers: [{ name: a, kind: openai }, { name: b, kind: anthropic }]
            models:
              - { name: fast, targets: [{ provider: a, model: m }], fallback: [small, last] }
              - { name: small, strategy: priority, targets: [{ provider: b, priority: 3 }] }
              - { name: last, targets: [{ provider: b, model: n, weight: 7 }] }
            """
        ).snapshot
        let routes = snapshot.routes.routes
        #expect(routes.map(\.fallback) == [[1, 2], [], []])
        #expect(routes[1].targets[0].model(asked: "fast") == "small")
        #expect(routes[1].strategy == .priority)
        #expect(routes[1].targets[0].priority == 3)
        #expect(routes[2].targets[0].weight == 7)
    }

    @Test("a model takes 64 targets, and not one more")
    func targetLimit() throws {
        func text(_ count: Int) -> String {
            let targets = (0..<count).map { "{ provider: openai, model: m\($0) }" }
            return minimal + "models:\n- name: a\n  targets:\n"
                + targets.map { "  - \($0)\n" }.joined()
        }
        #expect(findings(text(64)) == [])
        #expect(
            findings(text(65)) == [
                "apus.yaml:70:5: a model can have 64 targets; move the rest into a 'fallback' model"
            ])
    }

    @Test("circles of fallbacks are found wherever they begin, each once")
    func circles() {
        let text =
            minimal
                + """
                models:
                  - { name: in, targets: [{ provider: openai }], fallback: [a, b] }
                  - { name: a, targets: [{ provider: openai }], fallback: [b, out] }
                  - { name: b, targets: [{ provider: openai }], fallback: [out, a] }
                  - { name: out, targets: [{ provider: openai }] }
                """
        #expect(
            findings(text) == [
                "apus.yaml:6:65: the fallbacks form a circle: a → b → a; remove one of them"
            ])
    }

    @Test("a chain of fallbacks may be as long as the file")
    func longChain() throws {
        var text = minimal + "models:\n"
        for index in 0..<3_000 {
            let next = index == 2_999 ? "" : ", fallback: [m\(index + 1)]"
            text += "- { name: m\(index), targets: [{ provider: openai }]\(next) }\n"
        }
        #expect(try load(text).snapshot.routes.routes.count == 3_000)
    }
}
