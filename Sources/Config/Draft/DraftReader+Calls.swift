// SPDX-License-Identifier: Apache-2.0
import Core
import Upstreams

/// What is said of a provider's calls: where they are, and how the key travels.
extension DraftReader {
    mutating func readPaths(_ fields: Fields, into upstream: inout Upstream) {
        var version: String?
        if let read = text(fields["api_version"], "api_version", "a version") {
            version = read.text
            if upstream.kind != .azure {
                diagnostics.fault(
                    read.position, "'api_version' is for kind 'azure' only; remove it")
            } else if NameRule.identifier.fault(read.text) != nil {
                refuse(read, "api_version", "a version such as \(UpstreamKind.azureVersion)")
            }
        }
        upstream.paths = upstream.kind.paths(basePath: upstream.basePath, apiVersion: version)
        upstream.stored = StoredBase(
            kind: upstream.kind, basePath: upstream.basePath, apiVersion: version)
        readTemplates(fields["paths"], into: &upstream.paths)
        if upstream.kind == .custom, upstream.paths.calls.isEmpty {
            diagnostics.fault(
                fields.position,
                "a provider of kind 'custom' needs 'paths'; add"
                    + " 'paths: { chat_completions: /v1/chat/completions }'")
        }
    }

    private mutating func readTemplates(_ node: YAMLNode?, into paths: inout CallPaths) {
        guard let node else { return }
        guard case .mapping(let pairs) = node.content else {
            wrongType(
                node,
                "'paths' must be a mapping such as { chat_completions: /v1/chat/completions }")
            return
        }
        for pair in pairs {
            guard let call = UpstreamCall(rawValue: pair.key) else {
                let known = UpstreamCall.allCases.map(\.rawValue)
                diagnostics.fault(
                    pair.keyPosition,
                    "no call of a provider is named \(quoted(pair.key))"
                        + hint(pair.key, among: known))
                continue
            }
            guard let read = text(pair.value, pair.key, "a path such as /v1/chat") else {
                continue
            }
            if read.text == "off" {
                paths[call] = nil
            } else if Self.isPath(read.text) {
                paths[call] = read.text
            } else {
                refuse(read, pair.key, "a path that begins with '/', or off")
            }
        }
    }

    private func hint(_ name: String, among known: [String]) -> String {
        if let nearest = NearestName.find(name, among: known) {
            return "; did you mean '\(nearest)'?"
        }
        return "; known are \(known.joined(separator: ", "))"
    }

    /// Visible ASCII; what could end the request line, or a second query, is none.
    private static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.count <= 1024 && !text.contains("#")
            && text.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
    }

    mutating func credentialPrefix(_ node: YAMLNode?) -> String? {
        guard let read = text(node, "credential_prefix", "text such as 'Key '") else { return nil }
        let isFit =
            read.text.utf8.count <= 64
            && read.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
            && read.text.first != " "
        guard isFit else {
            refuse(read, "credential_prefix", "printable ASCII such as 'Key '")
            return nil
        }
        return read.text
    }

    mutating func readParameter(_ fields: Fields, into upstream: inout Upstream) {
        guard
            let read = text(
                fields["credential_parameter"], "credential_parameter", "a parameter's name")
        else { return }
        guard NameRule.identifier.fault(read.text) == nil else {
            return refuse(read, "credential_parameter", "a parameter's name such as key")
        }
        guard fields["credential_header"] == nil else {
            diagnostics.fault(
                read.position,
                "the key goes into 'credential_header' or 'credential_parameter', not both")
            return
        }
        upstream.credentialParameter = read.text
    }
}
