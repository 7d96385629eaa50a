// SPDX-License-Identifier: Apache-2.0

/// A type or function as its tokens tell it.
struct Declaration {
    enum Kind { case type, function }

    let kind: Kind
    let name: String
    /// Where the keyword stands.
    let line: Int
    /// Where modifiers and attributes begin.
    let firstLine: Int
    let isPublic: Bool
    let parameterCount: Int
    /// The lines from `{` to `}`; nil for a requirement.
    let body: ClosedRange<Int>?
    /// How deep braces nest in the body, its own not counted.
    let depth: Int

    /// How many lines the whole declaration takes, attributes not counted.
    var length: Int { (body?.upperBound ?? line) - line + 1 }
}

/// Finds the declarations of a file.
struct DeclarationScanner {
    private let tokens: [SourceToken]

    private static let types: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    private static let modifiers: Set = [
        "public", "package", "internal", "private", "fileprivate", "open", "static", "final",
        "mutating", "consuming", "borrowing", "nonisolated", "override", "convenience", "indirect",
        "required", "async", "isolated", "distributed", "prefix", "postfix", "infix",
    ]
    private static let starters: Set = [
        "func", "init", "var", "let", "case", "subscript", "associatedtype", "deinit", "}", ";",
        "public", "private", "internal", "static", "mutating", "struct", "enum", "class", "#", "@",
    ]

    init(_ tokens: [SourceToken]) { self.tokens = tokens }

    func declarations() -> [Declaration] {
        tokens.indices.compactMap { index in
            let word = tokens[index].text
            if Self.types.contains(word) { return type(at: index) }
            if word == "func" || word == "deinit" { return function(at: index) }
            if word == "init" { return initializer(at: index) }
            return nil
        }
    }

    private func text(_ index: Int) -> String {
        tokens.indices.contains(index) ? tokens[index].text : ""
    }

    private func type(at index: Int) -> Declaration? {
        guard index + 1 < tokens.count, tokens[index + 1].isWord else { return nil }
        // Not a declaration: `class func`, `class var`, a label `struct:`, a constraint `: class`.
        let name = text(index + 1)
        let before = text(index - 1)
        guard !["func", "var", "let", "init"].contains(name), before != ".", before != "import"
        else { return nil }
        return make(.type, name, at: index, parameters: 0, body: nil)
    }

    private func function(at index: Int) -> Declaration? {
        let name = text(index) == "deinit" ? "deinit" : text(index + 1)
        return callable(name, at: index)
    }

    private func initializer(at index: Int) -> Declaration? {
        // `.init(…)` and `x.init` are calls; a declaration follows a modifier or begins a line.
        let before = index > 0 ? tokens[index - 1] : nil
        guard before?.text != ".", ["(", "<", "?", "!"].contains(text(index + 1)) else {
            return nil
        }
        let beginsLine = before == nil || before?.line != tokens[index].line
        let followsModifier = index > 0 && belongsToModifiers(index - 1)
        guard beginsLine || followsModifier || before?.text == "{" else { return nil }
        return callable("init", at: index)
    }

    private func callable(_ name: String, at index: Int) -> Declaration {
        var position = index + 1
        var parameters = 0
        if name != "deinit" {
            while position < tokens.count, text(position) != "(" { position += 1 }
            // An operator may itself be spelled with signs; its list is the last parenthesis here.
            (parameters, position) = parameterList(from: position)
        }
        while position < tokens.count, text(position) != "{" {
            let startsLine = tokens[position].line != tokens[position - 1].line
            if text(position) == "}" || (startsLine && Self.starters.contains(text(position))) {
                return make(.function, name, at: index, parameters: parameters, body: nil)
            }
            position += 1
        }
        return make(
            .function, name, at: index, parameters: parameters, body: braces(from: position))
    }

    /// Counts the colons on the first level of a parenthesis: one per parameter.
    private func parameterList(from start: Int) -> (count: Int, end: Int) {
        var (position, depth, inner, count) = (start, 0, 0, 0)
        while position < tokens.count {
            switch text(position) {
            case "(": depth += 1
            case ")": depth -= 1
            case "[", "{": inner += 1
            case "]", "}": inner -= 1
            case ":" where depth == 1 && inner == 0: count += 1
            default: break
            }
            position += 1
            if depth == 0 { break }
        }
        return (count, position)
    }

    private func braces(from start: Int) -> (lines: ClosedRange<Int>, depth: Int)? {
        guard start < tokens.count else { return nil }
        var (position, depth, deepest) = (start, 0, 0)
        repeat {
            if text(position) == "{" { depth += 1 }
            if text(position) == "}" { depth -= 1 }
            deepest = max(deepest, depth)
            position += 1
        } while depth > 0 && position < tokens.count
        return (tokens[start].line...tokens[position - 1].line, deepest - 1)
    }

    private func make(
        _ kind: Declaration.Kind, _ name: String, at index: Int, parameters: Int,
        body: (lines: ClosedRange<Int>, depth: Int)?
    ) -> Declaration {
        var first = index
        while first > 0, belongsToModifiers(first - 1) { first -= 1 }
        let modifiers = tokens[first..<index].map(\.text)
        return Declaration(
            kind: kind, name: name, line: tokens[index].line, firstLine: tokens[first].line,
            isPublic: modifiers.contains("public"), parameterCount: parameters, body: body?.lines,
            depth: body?.depth ?? 0)
    }

    /// Modifiers, attribute names with their `@`, and attribute arguments in parentheses.
    private func belongsToModifiers(_ index: Int) -> Bool {
        let word = text(index)
        if Self.modifiers.contains(word) || word == "@" { return true }
        if index > 0, text(index - 1) == "@" { return true }
        return insideAttribute(index)
    }

    private func insideAttribute(_ index: Int) -> Bool {
        var position = index
        while position > 0, tokens[position].line == tokens[index].line {
            if text(position) == "(" {
                return position > 1
                    && (text(position - 2) == "@" || text(position - 1) == "nonisolated")
            }
            position -= 1
        }
        return false
    }
}
