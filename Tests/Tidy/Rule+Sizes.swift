// SPDX-License-Identifier: Apache-2.0

extension Rule {
    static let sizes = [line, file, function, parameters, nesting]

    static let line = Rule(name: "a line has at most 100 columns") { source in
        source.lines.indices.compactMap { index in
            let count = source.lines[index].unicodeScalars.count
            return count > 100 ? source.finding(index, "\(count) columns; break the line") : nil
        }
    }

    static let file = Rule(name: "a file has at most 500 lines, a test file 800") { source in
        let limit = source.isTest ? 800 : 500
        guard source.lines.count > limit else { return [] }
        let message = "\(source.lines.count) lines; move an aspect to Type+Aspect.swift"
        return [source.finding(limit, message)]
    }

    static let function = Rule(name: "a function has at most 70 lines") { source in
        source.declarations.filter { $0.kind == .function && $0.length > 70 }.map {
            source.finding($0.line, "\($0.name) has \($0.length) lines; split it")
        }
    }

    static let parameters = Rule(name: "a function has at most 5 parameters") { source in
        source.declarations.filter { $0.kind == .function && $0.parameterCount > 5 }.map {
            source.finding(
                $0.line, "\($0.name) has \($0.parameterCount) parameters; make an options struct")
        }
    }

    static let nesting = Rule(name: "braces nest at most 4 deep in a function") { source in
        source.declarations.filter { $0.kind == .function && $0.depth > 4 }.map {
            source.finding($0.line, "\($0.name) nests \($0.depth) deep; use guard or a function")
        }
    }
}
