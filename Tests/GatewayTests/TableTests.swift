// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Gateway
import Testing
import Upstreams

@Suite struct RouteTableTests {
    private let table = RouteTable(
        ["gpt-4o", "gpt-*", "gpt-4*", "openai/*", "claude-3", "gpt-4-turbo*"].map {
            Route(name: $0, strategy: .weighted, targets: [])
        })

    @Test(
        "exact names come first, then the longest prefix",
        arguments: [
            ("gpt-4o", "gpt-4o"), ("gpt-4o-mini", "gpt-4*"), ("gpt-4", "gpt-4*"),
            ("gpt-4-turbo", "gpt-4-turbo*"), ("gpt-4-turbo-2024", "gpt-4-turbo*"),
            ("gpt-4-turb", "gpt-4*"), ("gpt-3.5", "gpt-*"), ("gpt-", "gpt-*"),
            ("openai/gpt-4o", "openai/*"), ("claude-3", "claude-3"), ("gpt", nil),
            ("claude-3-opus", nil), ("GPT-4o", nil), ("", nil), ("gpt-*", "gpt-*"),
        ])
    func find(model: String, route: String?) {
        #expect(table.find(Bytes(model)).map { table.routes[$0].name } == route)
    }

    @Test("a lone star serves whatever nothing else does")
    func star() {
        let routes = ["*", "a*", "b"].map { Route(name: $0, strategy: .priority, targets: []) }
        let table = RouteTable(routes)
        #expect(table.find("other") == 0)
        #expect(table.find("") == 0)
        #expect(table.find("ab") == 1)
        #expect(table.find("b") == 2)
        #expect(table.find("bb") == 0)
    }

    @Test("an empty table serves nothing")
    func empty() {
        #expect(RouteTable().find("a") == nil)
        #expect(RouteTable([]).find("") == nil)
    }
}

@Suite struct KeyTableTests {
    private func digest(_ text: String) -> SHA256Digest {
        var hasher = SHA256Hasher()
        return hasher.digest(of: Bytes(text).span)
    }

    private func key(_ models: String...) -> ClientKey {
        ClientKey(name: "dev", digest: digest("secret"), models: models)
    }

    @Test("a key may use the models that its patterns name")
    func patterns() {
        let mixed = key("gpt-4o", "claude-*")
        #expect(mixed.allows("gpt-4o") && mixed.allows("claude-3") && mixed.allows("claude-"))
        #expect(!mixed.allows("gpt-4o-mini") && !mixed.allows("gpt-4") && !mixed.allows("claude"))
        #expect(!mixed.allows("") && !mixed.allows("xclaude-3"))
        #expect(key("*").allows("anything") && key("*").allows(""))
        #expect(key("a", "*").allows("b"))
        #expect(!key().allows("anything"))
        #expect(!key("gpt-4o").allows("GPT-4O"))
    }

    @Test("a key is found by its digest, and no other")
    func find() {
        let table = KeyTable([
            ClientKey(name: "one", digest: digest("1"), models: ["*"]),
            ClientKey(name: "two", digest: digest("2"), models: ["*"]),
        ])
        #expect(!table.isOpen)
        #expect(table.find(digest("1")) == 0)
        #expect(table.find(digest("2")) == 1)
        #expect(table.find(digest("3")) == nil)
    }

    @Test("a table without any key configured is open; one with none left is not")
    func open() {
        #expect(KeyTable().isOpen)
        #expect(!KeyTable([]).isOpen)
        #expect(KeyTable([]).find(digest("1")) == nil)
    }
}
