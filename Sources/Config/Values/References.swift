// SPDX-License-Identifier: Apache-2.0
import Core

/// Replaces `${NAME}`, `${NAME:-default}` and `file:PATH` by what they refer to.
struct References {
    static let maximumFileBytes = 64 << 10

    /// The text that a value stands for.
    struct Resolved: Equatable {
        var text: String
        /// Came from outside, so it must not show in a message.
        var isReference: Bool
        /// The file it was read from.
        var file: String?
    }

    /// A reference to something that is not there; a sentence that never holds a value.
    struct Fault: Error, Equatable {
        var message: String
        /// The file that was looked for.
        var file: String?
    }

    let surroundings: Surroundings
    /// Relative paths begin here: the configuration's own folder.
    let folder: String

    func resolve(_ text: String) throws(Fault) -> Resolved {
        let expanded = try expand(text)
        guard expanded.text.hasPrefix("file:") else { return expanded }
        return try contents(of: String(expanded.text.dropFirst(5)))
    }

    /// A path as the process can open it.
    func absolute(_ path: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
    }

    private func contents(of written: String) throws(Fault) -> Resolved {
        guard !written.isEmpty else {
            throw Fault(message: "'file:' has no path; write file:/run/secrets/NAME")
        }
        let path = absolute(written)
        let bytes: Bytes
        switch surroundings.readFile(path, Self.maximumFileBytes) {
        case .success(let read): bytes = read
        case .failure(let fault):
            throw Fault(
                message: "the file \(quoted(path)) cannot be read: \(fault.reason)", file: path)
        }
        // Editors and `echo` end a file with a line break, which is never part of a secret.
        var text = bytes.string
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else {
            throw Fault(
                message: "the file \(quoted(path)) is empty; write the value into it", file: path)
        }
        return Resolved(text: text, isReference: true, file: path)
    }

    private func expand(_ text: String) throws(Fault) -> Resolved {
        var rest = text[...]
        var result = ""
        var isReference = false
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Fault(message: "'${' has no '}' after it; write ${NAME}, or $${ for '${'")
                }
                result += try variable(rest[..<end].dropFirst(2))
                rest = rest[rest.index(after: end)...]
                isReference = true
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return Resolved(text: result + rest, isReference: isReference)
    }

    private func variable(_ inner: Substring) throws(Fault) -> String {
        var name = inner
        var fallback: Substring?
        if let colon = inner.firstIndex(of: ":"), inner[colon...].hasPrefix(":-") {
            name = inner[..<colon]
            fallback = inner[colon...].dropFirst(2)
        }
        let isName =
            !name.isEmpty && name.utf8.first.map { $0 &- 0x30 >= 10 } == true
            && name.utf8.allSatisfy {
                $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "_")
            }
        guard isName else {
            throw Fault(
                message: "\(quoted("${\(inner)}")) names no environment variable;"
                    + " write ${NAME} or ${NAME:-default}")
        }
        let value = surroundings.variable(String(name))
        if let value, !value.isEmpty { return value }
        if let fallback { return String(fallback) }
        throw Fault(
            message: "the environment variable \(name) is \(value == nil ? "not set" : "empty");"
                + " set it, or write ${\(name):-default}")
    }
}
