// SPDX-License-Identifier: Apache-2.0

/// Separates comments and string literals from code, byte for byte; knows nesting, raw strings and
/// interpolation, which counts as code.
struct SourceSplitter {
    private(set) var code: [UInt8]
    private(set) var comments: [UInt8]
    private let text: [UInt8]
    private var index = 0
    /// The open strings; each remembers how deep in parentheses its interpolation is (0: in text).
    private var strings: [OpenString] = []

    private struct OpenString {
        let hashes: Int
        let isMultiline: Bool
        var parentheses = 0
    }

    init(_ source: String) {
        text = Array(source.utf8)
        code = text.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
        comments = code
    }

    mutating func run() {
        while index < text.count {
            if let open = strings.last, open.parentheses == 0 {
                stepInString(open)
            } else {
                stepInCode()
            }
        }
    }

    private func starts(_ prefix: String, at position: Int) -> Bool {
        text[min(position, text.count)...].starts(with: prefix.utf8)
    }

    private mutating func stepInCode() {
        switch text[index] {
        case UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "#"): stepAtMark()
        default:
            trackInterpolation()
            copyCode(1)
        }
    }

    private mutating func stepAtMark() {
        if starts("//", at: index) {
            while index < text.count, text[index] != UInt8(ascii: "\n") { copyComment(1) }
        } else if starts("/*", at: index) {
            skipBlockComment()
        } else if let (hashes, quotes) = openingQuote() {
            strings.append(OpenString(hashes: hashes, isMultiline: quotes == 3))
            copyCode(hashes + quotes)
        } else {
            copyCode(1)
        }
    }

    private mutating func trackInterpolation() {
        guard let last = strings.indices.last else { return }
        switch text[index] {
        case UInt8(ascii: "("): strings[last].parentheses += 1
        case UInt8(ascii: ")"): strings[last].parentheses -= 1
        default: break
        }
    }

    private func openingQuote() -> (hashes: Int, quotes: Int)? {
        var hashes = 0
        while starts("#", at: index + hashes) { hashes += 1 }
        guard starts("\"", at: index + hashes) else { return nil }
        return (hashes, starts("\"\"\"", at: index + hashes) ? 3 : 1)
    }

    private mutating func stepInString(_ open: OpenString) {
        switch text[index] {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "\n"): stepAtMark(in: open)
        default: index += 1
        }
    }

    private mutating func stepAtMark(in open: OpenString) {
        let marks = String(repeating: "#", count: open.hashes)
        let quote = (open.isMultiline ? "\"\"\"" : "\"") + marks
        if starts("\\" + marks + "(", at: index) {
            strings[strings.count - 1].parentheses = 1
            index += 1 + open.hashes
            copyCode(1)
        } else if starts("\\" + marks, at: index) {
            index = min(index + 2 + open.hashes, text.count)
        } else if starts(quote, at: index) {
            copyCode(quote.utf8.count)
            strings.removeLast()
        } else {
            // An open string on one line ends with it: the file would not compile anyway.
            if !open.isMultiline, text[index] == UInt8(ascii: "\n") { strings.removeLast() }
            index += 1
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if starts("/*", at: index) {
                depth += 1
                copyComment(2)
            } else if starts("*/", at: index) {
                depth -= 1
                copyComment(2)
            } else {
                copyComment(1)
            }
        } while depth > 0 && index < text.count
    }

    private mutating func copyCode(_ amount: Int) {
        for _ in 0..<amount where index < text.count {
            code[index] = text[index]
            index += 1
        }
    }

    private mutating func copyComment(_ amount: Int) {
        for _ in 0..<amount where index < text.count {
            comments[index] = text[index]
            index += 1
        }
    }
}
