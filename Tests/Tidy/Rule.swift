// SPDX-License-Identifier: Apache-2.0
import Testing

/// One place that breaks a rule.
struct Finding: CustomStringConvertible, Comparable {
    let path: String
    /// From zero; printed from one.
    let line: Int
    let message: String

    var description: String { "\(path):\(line + 1): \(message)" }

    static func < (left: Finding, right: Finding) -> Bool {
        (left.path, left.line, left.message) < (right.path, right.line, right.message)
    }
}

/// A convention that reads one file at a time.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (SourceText) -> [Finding]

    var testDescription: String { name }

    func findings(in source: SourceText) -> [Finding] { check(source).sorted() }

    static let all: [Rule] =
        sizes + [imports] + calls + reasons + comments + names
}

extension SourceText {
    func finding(_ line: Int, _ message: String) -> Finding {
        Finding(path: path, line: line, message: message)
    }
}
