// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The files of this repository, found from where this file stands.
enum Repository {
    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    /// Every Swift file of the house, in order of paths.
    static let sources: [SourceText] =
        (["Package.swift"] + ["Sources", "Tests", "bench"].flatMap(files(under:)))
        .filter { $0.hasSuffix(".swift") }
        .map { SourceText(path: $0, text: text(of: $0)) }

    /// Scripts, documents and the like, for rules about text.
    static let papers: [SourceText] =
        (["README.md", "Makefile", ".ci/run"]
        + ["docs", "scripts", "deploy", "bench", "Tests"].flatMap(files(under:)))
        .filter { path in
            [".md", "Makefile", "run", ".sh", ".yaml", ".yml", ".py", ".toml"]
                .contains { path.hasSuffix($0) }
        }
        .map { SourceText(path: $0, text: text(of: $0)) }

    static func text(of path: String) -> String {
        let bytes = FileManager.default.contents(atPath: root + "/" + path) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }

    static func files(under folder: String) -> [String] {
        let walker = FileManager.default.enumerator(atPath: root + "/" + folder)
        var paths: [String] = []
        while let path = walker?.nextObject() as? String {
            let parts = path.split(separator: "/")
            // Built, fetched and recorded things are not ours to tidy.
            let foreign: Set<Substring> = [
                ".build", ".venv", "Fixtures", "Corpus", "results", "__pycache__",
            ]
            if foreign.isDisjoint(with: parts) { paths.append(folder + "/" + path) }
        }
        return paths.sorted()
    }
}

/// The words that docs/VOCABULARY.md replaces.
enum Vocabulary {
    /// From the table under "Words we do not use": lower-case word to its replacement.
    static let replacements: [String: String] = {
        var found: [String: String] = [:]
        let lines = Repository.text(of: "docs/VOCABULARY.md").split(separator: "\n")
        let table = lines.drop { !$0.hasPrefix("## Words we do not use") }.dropFirst()
            .prefix { !$0.hasPrefix("## ") }
        for line in table where line.hasPrefix("| ") && !line.hasPrefix("| ---") {
            let cells = line.split(separator: "|").map {
                $0.drop { $0 == " " }.prefix { $0 != " " }
            }
            guard cells.count >= 2, cells[0] != "not" else { continue }
            found[String(cells[0])] = String(cells[1])
        }
        return found
    }()
}
