// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Config

@Suite struct DocumentationTests {
    private static let sections: [(Section, prefix: String)] = [
        (.top, ""), (.listen, ""), (.listenTLS, "tls."), (.node, ""), (.admin, ""),
        (.cluster, ""),
        (.provider, ""), (.providerTLS, "tls."), (.pool, "pool."), (.model, ""), (.target, ""),
        (.mappedRequest, "mapping.request."), (.mappedAnswer, "mapping.answer."),
        (.mappedError, "mapping.error."), (.key, ""), (.requestLimits, ""), (.timeouts, ""),
        (.attempts, ""), (.price, ""), (.storedObjects, ""),
        (.fetch, ""),
    ]

    /// Described by the rows of their parts.
    private static let mappings: Set<String> = ["tls", "pool"]

    @Test("docs/CONFIGURATION.md describes every key", arguments: sections.map(\.0.name))
    func everyKey(name: String) throws {
        let text = try repositoryFile("docs/CONFIGURATION.md")
        let (section, prefix) = try #require(Self.sections.first { $0.0.name == name })
        for key in section.keys where !Self.mappings.contains(key) {
            let places = ["| `\(prefix)\(key)` |", "### `\(key)`", "and `\(key)`\n"]
            #expect(places.contains { text.contains($0) }, "\(name): \(key)")
        }
    }

    @Test("docs/CONFIGURATION.md names every variable and everything not supported yet")
    func variables() throws {
        let text = try repositoryFile("docs/CONFIGURATION.md")
        for preset in ProviderPreset.all {
            for variable in preset.keyVariables + [preset.baseVariable].compactMap(\.self) {
                #expect(text.contains("`\(variable)`"), "\(variable)")
            }
            for pattern in preset.patterns { #expect(text.contains("`\(pattern)`"), "\(pattern)") }
        }
        for (_, key) in Unsupported.keys { #expect(text.contains("\(key)`"), "\(key)") }
        for (_, value) in Unsupported.values { #expect(text.contains("`\(value)`"), "\(value)") }
    }
}
