// SPDX-License-Identifier: Apache-2.0

/// One file, split into what the compiler reads and what people read.
///
/// `code` and `comments` have the lines of the file; in `code`, comments and the insides of string
/// literals are blank, in `comments` everything but comments is.
struct SourceText {
    let path: String
    let lines: [String]
    let code: [String]
    let comments: [String]
    let tokens: [SourceToken]
    let declarations: [Declaration]

    init(path: String, text: String) {
        self.path = path
        var splitter = SourceSplitter(text)
        splitter.run()
        lines = Self.lines(of: Array(text.utf8))
        code = Self.lines(of: splitter.code)
        comments = Self.lines(of: splitter.comments)
        tokens = SourceToken.scan(splitter.code)
        declarations = DeclarationScanner(tokens).declarations()
    }

    /// The module of `Sources/Module/…`, the target of `Tests/Target/…`, or "".
    var module: String {
        let parts = path.split(separator: "/")
        guard parts.count > 2, parts[0] == "Sources" || parts[0] == "Tests" else { return "" }
        return String(parts[1])
    }

    var isSource: Bool { path.hasPrefix("Sources/") }
    var isTest: Bool { path.hasPrefix("Tests/") }

    /// Whether a comment stands at the line, or just above the statement that the line belongs to.
    func hasReason(at line: Int) -> Bool {
        var current = line
        while true {
            if !comments[current].isBlank { return true }
            guard current > 0 else { return false }
            let above = current - 1
            if code[above].isBlank { return !comments[above].isBlank }
            // A less indented line above begins the statement, unless it opens a block.
            guard code[above].indentation < code[current].indentation,
                !code[above].trimmedEnd.hasSuffix("{")
            else { return false }
            current = above
        }
    }

    private static func lines(of bytes: [UInt8]) -> [String] {
        var pieces = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        return pieces.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension String {
    var isBlank: Bool { allSatisfy { $0 == " " || $0 == "\t" } }
    var indentation: Int { prefix { $0 == " " }.count }
    var trimmedEnd: Substring {
        var rest = self[...]
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}

/// A word or a single sign of code, and the line (from zero) where it stands.
struct SourceToken: Equatable {
    let text: String
    let line: Int
    /// Whether a blank or line end stands before it.
    let isSpaced: Bool

    var isWord: Bool { text.utf8.first.map(Self.isWordByte) ?? false }

    static func scan(_ code: [UInt8]) -> [SourceToken] {
        var tokens: [SourceToken] = []
        var (index, line, spaced) = (0, 0, true)
        while index < code.count {
            let byte = code[index]
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte <= 0x20 {
                spaced = true
                index += 1
                continue
            }
            let start = index
            index += 1
            if isWordByte(byte) {
                while index < code.count, isWordByte(code[index]) { index += 1 }
            }
            let text = String(decoding: code[start..<index], as: UTF8.self)
            tokens.append(SourceToken(text: text, line: line, isSpaced: spaced))
            spaced = false
        }
        return tokens
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }
}
