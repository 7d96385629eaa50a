// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Reactor

/// What a person sees who has just started a node by hand.
public struct StartBanner: Sendable {
    public let lines: [String]

    public init(_ facts: NodeFacts) {
        let api = Self.origin(facts.api)
        var lines = ["Apus \(ApusVersion.current) listens on \(api)"]
        func add(_ label: String, _ text: String) {
            let padding = String(repeating: " ", count: max(1, 12 - label.utf8.count))
            lines.append("  \(label)\(padding)\(text)")
        }
        add("providers", Self.providers(facts))
        add("keys", Self.keys(facts))
        add("admin", Self.origin(facts.admin))
        if let key = facts.newAdminKey {
            add("admin key", "\(key.reveal())  (made for this run, shown only here)")
        }
        if let model = facts.sampleModel {
            lines += ["", "Try it:", "", Self.curl(api, model), ""]
        }
        self.lines = lines
    }

    private static func providers(_ facts: NodeFacts) -> String {
        guard facts.isSimulated else { return facts.providers.joined(separator: ", ") }
        return "simulated, since no provider's key is set (OPENAI_API_KEY, ANTHROPIC_API_KEY, …)"
    }

    private static func keys(_ facts: NodeFacts) -> String {
        if facts.needsKey { return "callers need one of the configured keys" }
        return facts.api.isLoopback
            ? "none needed: only this machine can reach the address" : "none needed, by anybody"
    }

    private static func curl(_ origin: String, _ model: String) -> String {
        "curl \(origin)/v1/chat/completions -H 'content-type: application/json' -d "
            + "'{\"model\":\"\(model)\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'"
    }

    /// An address that a client on this machine can ask.
    private static func origin(_ address: SocketAddress) -> String {
        guard address.isUnspecified else { return "http://\(address)" }
        let reachable: SocketAddress =
            address.family == .v4 ? .loopback(port: address.port) : .loopbackV6(port: address.port)
        return "http://\(reachable)"
    }
}
