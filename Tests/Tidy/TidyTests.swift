// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct TidyTests {
    @Test("every file keeps the rule", arguments: Rule.all)
    func rule(rule: Rule) {
        let findings = Repository.sources.flatMap { rule.findings(in: $0) }
        #expect(findings.isEmpty, "\(findings.count) findings:\n\(Self.list(findings))")
    }

    @Test("the walk finds the house")
    func walk() {
        let paths = Set(Repository.sources.map(\.path))
        #expect(paths.isSuperset(of: ["Package.swift", "Sources/Core/Bytes.swift"]))
        #expect(paths.contains("Tests/Tidy/TidyTests.swift"))
    }

    @Test("documents and scripts name no machine and leave nothing to do")
    func papers() {
        let findings = Repository.papers.flatMap { Rule.paths.findings(in: $0) }
        #expect(findings.isEmpty, "\(findings.count) findings:\n\(Self.list(findings))")
        #expect(Repository.papers.contains { $0.path == "README.md" })
    }

    @Test("scripts begin with their licence")
    func licences() {
        let scripts = Repository.papers.filter { !$0.path.hasSuffix(".md") }
        let bare = scripts.filter { paper in
            !paper.lines.prefix(2).contains("# SPDX-License-Identifier: Apache-2.0")
        }
        #expect(bare.map(\.path) == [])
    }

    @Test("the floors agree with Package.swift, and every arrow points down")
    func floors() {
        let manifest = Manifest.dependencies(of: Repository.text(of: "Package.swift"))
        for (module, allowed) in Floors.table {
            #expect(manifest[module] == allowed, "\(module) differs from Package.swift")
            for lower in allowed {
                let (high, low) = (Floors.floor[module] ?? 0, Floors.floor[lower] ?? 99)
                #expect(low < high, "\(module) may not stand on \(lower)")
            }
        }
        let folders = Set(Repository.sources.filter(\.isSource).map(\.module))
        #expect(folders.subtracting(Floors.table.keys) == [])
    }

    private static func list(_ findings: [Finding]) -> String {
        findings.prefix(60).map(\.description).joined(separator: "\n")
    }
}

/// As much of Package.swift as the floors need.
enum Manifest {
    /// The dependencies of each `library("Name", […])` and of the executable.
    static func dependencies(of text: String) -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for piece in text.split(separator: "library(").dropFirst() + executable(text) {
            let strings = piece.split(separator: "]")[0].split(
                separator: "\"", omittingEmptySubsequences: false)
            let names = strings.indices.filter { $0 % 2 == 1 }.map { String(strings[$0]) }
            if let name = names.first { found[name] = Set(names.dropFirst()) }
        }
        return found
    }

    private static func executable(_ text: String) -> ArraySlice<Substring> {
        text.split(separator: ".executableTarget(").dropFirst()
    }
}
