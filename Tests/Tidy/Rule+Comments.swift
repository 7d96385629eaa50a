// SPDX-License-Identifier: Apache-2.0

extension Rule {
    static let comments = [licence, leftovers, docs, abstracts, paths]

    static let licence = Rule(name: "a file begins with its licence") { source in
        let banner = "// SPDX-License-Identifier: Apache-2.0"
        let isManifest = source.lines.first?.hasPrefix("// swift-tools-version") == true
        let first = source.lines.dropFirst(isManifest ? 1 : 0).first
        return first == banner ? [] : [source.finding(0, "the first line must be: \(banner)")]
    }

    static let leftovers = Rule(name: "nothing is left to do") { source in
        source.comments.indices.compactMap { index in
            let words = ["TODO", "FIXME", "XXX", "HACK"]
            guard let word = words.first(where: { source.comments[index].hasWord($0) }) else {
                return nil
            }
            return source.finding(index, "\(word); do it, or open an issue")
        }
    }

    /// Types always; functions once they have weight, six lines and more. What an initialiser or
    /// an operator does goes without saying.
    static let docs = Rule(name: "public types and weighty public functions are documented") {
        source in
        guard source.isSource else { return [] }
        return source.declarations.compactMap { declaration in
            guard declaration.isPublic, declaration.kind == .type || declaration.length > 5,
                declaration.name != "init", declaration.name.first?.isWordStart == true,
                !source.hasDoc(above: declaration.firstLine)
            else { return nil }
            return source.finding(declaration.line, "\(declaration.name) needs a doc sentence")
        }
    }

    static let abstracts = Rule(name: "the first sentence of a doc has at most 150 characters") {
        source in
        source.docSentences.compactMap { line, sentence in
            guard sentence.count > 150 else { return nil }
            return source.finding(line, "\(sentence.count) characters; say it shorter")
        }
    }

    static let paths = Rule(name: "no path of somebody's machine is written down") { source in
        source.lines.indices.compactMap { index in
            let folders = ["work", "home", "Users", "root"].map { "/\($0)/" }
            guard
                let folder = folders.first(where: { source.lines[index].beginsPath(with: $0) })
            else { return nil }
            return source.finding(index, "\(folder)… is a path of one machine")
        }
    }
}

extension SourceText {
    func hasDoc(above line: Int) -> Bool {
        line > 0 && comments[line - 1].drop { $0 == " " }.hasPrefix("///")
    }

    /// The first sentence of each doc comment and the line where it begins.
    var docSentences: [(line: Int, text: String)] {
        var found: [(line: Int, text: String)] = []
        var isOpen = false
        for index in comments.indices {
            let text = comments[index].drop { $0 == " " }
            guard text.hasPrefix("///"), code[index].isBlank else {
                isOpen = false
                continue
            }
            let words = text.dropFirst(3).drop { $0 == " " }
            if index == 0 || !comments[index - 1].drop(while: { $0 == " " }).hasPrefix("///") {
                found.append((index, ""))
                isOpen = true
            }
            guard isOpen else { continue }
            let end = words.firstRange(of: ". ").map { words[..<$0.lowerBound] }
            found[found.count - 1].text += (found[found.count - 1].text.isEmpty ? "" : " ")
            found[found.count - 1].text += end ?? words
            if end != nil || words.isEmpty || words.hasSuffix(".") { isOpen = false }
        }
        return found
    }
}

extension String {
    func hasWord(_ word: String) -> Bool {
        BannedCall(pattern: word, replacement: "").occurs(in: self)
    }

    /// Whether a path that starts with the folder begins here, rather than goes on.
    func beginsPath(with folder: String) -> Bool {
        guard let place = firstRange(of: folder) else { return false }
        guard let before = self[..<place.lowerBound].last else { return true }
        return !(before.isLetter || before.isNumber || "._-}*)".contains(before))
    }
}
