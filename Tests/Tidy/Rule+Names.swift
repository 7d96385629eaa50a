// SPDX-License-Identifier: Apache-2.0

extension Rule {
    static let names = [typeNames, fileNames, forTest, vocabulary]

    /// Names that would shadow a module of ours, of the toolchain, or a type everybody knows.
    static let takenNames: Set<String> = Set(Floors.table.keys).union([
        "Limits", "SemanticCache", "Redis", "Storage", "Runtime", "Testing",
        "Distributed", "Observation", "Synchronization", "Dispatch", "Foundation", "Swift",
        "Span", "RawSpan", "Mutex", "Atomic", "Task", "Duration", "Result",
    ])

    static let typeNames = Rule(name: "no type is named like a module or a standard type") {
        source in
        source.declarations.filter { $0.kind == .type && takenNames.contains($0.name) }.map {
            source.finding($0.line, "type \($0.name) hides a module or type of that name")
        }
    }

    static let fileNames = Rule(name: "a file is named after what it declares") { source in
        guard source.isSource, let file = source.path.split(separator: "/").last,
            file != "main.swift"
        else { return [] }
        let name = String(file.dropLast(".swift".count).prefix { $0 != "+" })
        let words = Set(source.tokens.map(\.text))
        guard !source.tokens.isEmpty, !words.contains(name) else { return [] }
        return [source.finding(0, "nothing here is called \(name)")]
    }

    static let forTest = Rule(name: "only tests use what is meant for tests") { source in
        guard source.isSource else { return [] }
        return source.tokens.indices.compactMap { index in
            let token = source.tokens[index]
            guard token.text.hasSuffix("ForTest"), index > 0 else { return nil }
            let isDeclared = ["func", "var", "let"].contains(source.tokens[index - 1].text)
            return isDeclared ? nil : source.finding(token.line, "\(token.text) is for tests only")
        }
    }

    static let vocabulary = Rule(name: "one thing has one word: docs/VOCABULARY.md") { source in
        guard source.isSource || source.isTest else { return [] }
        // Names are few, their uses many.
        var wrong: [String: String] = [:]
        for name in Set(source.tokens.lazy.filter(\.isWord).map(\.text)) {
            for word in name.wordsOfName {
                guard let better = Vocabulary.replacements[word] else { continue }
                wrong[name] = "\(name): say \(better), not \(word)"
            }
        }
        guard !wrong.isEmpty else { return [] }
        return source.tokens.compactMap { token in
            wrong[token.text].map { source.finding(token.line, $0) }
        }
    }
}

extension String {
    /// The words of a camel-case name, in lower case: `HTTPBackendPool` is http, backend, pool.
    var wordsOfName: [String] {
        var words: [String] = []
        var current = ""
        let letters = Array(self)
        for index in letters.indices {
            let letter = letters[index]
            let next = index + 1 < letters.count ? letters[index + 1] : nil
            let begins =
                letter.isUppercase
                && (current.last?.isUppercase != true || next?.isLowercase == true)
            if begins || !letter.isLetter {
                if !current.isEmpty { words.append(current.lowercased()) }
                current = ""
            }
            if letter.isLetter { current.append(letter) }
        }
        if !current.isEmpty { words.append(current.lowercased()) }
        return words
    }
}
