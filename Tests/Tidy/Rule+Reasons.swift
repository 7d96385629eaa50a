// SPDX-License-Identifier: Apache-2.0

extension Rule {
    static let reasons = [forced, unchecked]

    static let forced = Rule(name: "a forced unwrap says why it holds") { source in
        source.tokens.indices.compactMap { index in
            guard let what = source.forced(at: index) else { return nil }
            let line = source.tokens[index].line
            guard !source.hasReason(at: line) else { return nil }
            return source.finding(line, "\(what) without a comment that says why it holds")
        }
    }

    static let unchecked = Rule(name: "an unchecked promise says why it holds") { source in
        source.code.indices.compactMap { index in
            let promises = ["@unchecked Sendable", "nonisolated(unsafe)"]
            let found = promises.first { source.code[index].firstRange(of: $0) != nil }
            guard let found, !source.hasReason(at: index) else { return nil }
            return source.finding(index, "\(found) without a comment that says why it holds")
        }
    }
}

extension SourceText {
    /// `x!`, `try!` or `as!` at a token, as text; nil for a negation or `!=`.
    func forced(at index: Int) -> String? {
        guard tokens[index].text == "!", !tokens[index].isSpaced, index > 0 else { return nil }
        let before = tokens[index - 1]
        if before.text == "try" || before.text == "as" { return before.text + "!" }
        guard before.isWord || [")", "]", "?", "\"", ">"].contains(before.text) else { return nil }
        if index + 1 < tokens.count, tokens[index + 1].text == "=", !tokens[index + 1].isSpaced {
            return nil
        }
        return "!"
    }
}
