// SPDX-License-Identifier: Apache-2.0
import Core

/// Reads typed values out of a tree; what does not fit is reported and left out.
struct DraftReader {
    let references: References
    var diagnostics: DiagnosticList
    /// Files that the values came from, so that they can be watched.
    private(set) var files: [String] = []

    init(references: References, diagnostics: DiagnosticList) {
        self.references = references
        self.diagnostics = diagnostics
    }

    mutating func noteFile(_ path: String) {
        if !files.contains(path) { files.append(path) }
    }

    /// Reads a mapping of a section, reporting every key that the section does not have.
    mutating func fields(_ node: YAMLNode?, of section: Section) -> Fields? {
        guard let node else { return nil }
        guard case .mapping(let pairs) = node.content else {
            let keys = section.keys.prefix(3).joined(separator: ", ")
            wrongType(node, "\(section.name) must be a mapping with keys such as \(keys)")
            return nil
        }
        var fields = Fields(of: section, at: node.position)
        for pair in pairs {
            if section.keys.contains(pair.key) {
                fields[pair.key] = pair.value
            } else {
                diagnostics.fault(pair.keyPosition, Self.unknown(pair.key, in: section))
            }
        }
        return fields
    }

    private static func unknown(_ key: String, in section: Section) -> String {
        if Unsupported.isKey(key, in: section) {
            return "\(quoted(key)) in \(section.name) is not supported by this version; remove it"
        }
        let what = "unknown key \(quoted(key)) in \(section.name)"
        guard let nearest = NearestName.find(key, among: section.keys) else {
            return "\(what); known keys are \(section.keys.joined(separator: ", "))"
        }
        return "\(what); did you mean '\(nearest)'?"
    }

    /// Reads a key that must be there.
    mutating func required(_ key: String, in fields: Fields, example: String) -> YAMLNode? {
        if let node = fields[key] { return node }
        diagnostics.fault(
            fields.position, "\(fields.section.name) needs '\(key)'; add '\(key): \(example)'")
        return nil
    }

    /// Reads a list; nil when it is left out or none.
    mutating func list(_ node: YAMLNode?, _ key: String, example: String) -> [YAMLNode]? {
        guard let node else { return nil }
        if case .sequence(let nodes) = node.content { return nodes }
        wrongType(node, "'\(key)' must be a list such as \(example)")
        return nil
    }

    /// Reports a value of the wrong kind; says nothing about what was refused before.
    mutating func wrongType(_ node: YAMLNode, _ expected: String) {
        if case .refused = node.content { return }
        diagnostics.fault(node.position, "\(expected), not \(node.kindName)")
    }
}
