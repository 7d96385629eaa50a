// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Foundation
import Testing

/// Loads text as the file `apus.yaml`, with made-up surroundings.
func load(
    _ text: String, variables: [String: String] = ["KEY": "sk-test"],
    files: [String: String] = [:], overrides: ListenOverrides = ListenOverrides()
) throws(InvalidConfiguration) -> LoadedConfiguration {
    let surroundings = Surroundings(variables: variables, hostName: "host-7") { path, limit in
        guard let text = files[path] else {
            return .failure(FileFault(reason: "No such file or directory"))
        }
        return text.utf8.count <= limit
            ? .success(Bytes(text)) : .failure(FileFault(reason: "it is too large"))
    }
    let source = ConfigSource(
        path: "apus.yaml", surroundings: surroundings, overrides: overrides)
    return try source.load(Bytes(text))
}

/// The lines that `check` would print.
func findings(
    _ text: String, variables: [String: String] = ["KEY": "sk-test"],
    files: [String: String] = [:]
) -> [String] {
    do throws(InvalidConfiguration) {
        return try load(text, variables: variables, files: files).warnings.map(\.description)
    } catch {
        return error.diagnostics.map(\.description)
    }
}

/// The text of a file of the repository.
func repositoryFile(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
}

/// The smallest configuration that is fine.
let minimal = """
    providers:
      - { name: openai, kind: openai, keys: ["${KEY}"] }

    """
