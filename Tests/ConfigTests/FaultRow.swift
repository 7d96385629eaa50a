// SPDX-License-Identifier: Apache-2.0
import Testing

/// A configuration and every line that is said about it.
struct FaultRow: Sendable, CustomTestStringConvertible {
    var text: String
    /// Without the file's name in front.
    var lines: String

    /// Text that stands for a whole file.
    static func whole(_ text: String, _ lines: String) -> FaultRow {
        FaultRow(text: text, lines: lines)
    }

    /// Text behind a configuration that is fine, so its first line is the third of the file.
    static func added(_ text: String, _ lines: String) -> FaultRow {
        FaultRow(text: minimal + text, lines: lines)
    }

    /// What the configuration is found to have.
    var found: [String] {
        let variables = ["KEY": "sk-test", "EMPTY": "", "MULTI": "a\nb"]
        let files = [
            "/s/key": "abc\n", "/s/empty": "\n", "/s/cr": "a\rb", "ca.pem": "junk",
        ]
        return findings(text, variables: variables, files: files)
    }

    /// What it should be found to have.
    var expected: [String] { lines.split(separator: "\n").map { "apus.yaml:\($0)" } }

    var testDescription: String { lines.split(separator: "\n").first.map(String.init) ?? "fine" }
}
