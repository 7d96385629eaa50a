// SPDX-License-Identifier: Apache-2.0
import Core
import Upstreams

extension DraftReader {
    mutating func readHeaders(_ node: YAMLNode?, into upstream: inout Upstream) {
        guard let node else { return }
        guard case .mapping(let pairs) = node.content else {
            wrongType(node, "'headers' must be a mapping such as { x-team: search }")
            return
        }
        guard pairs.count <= 64 else {
            diagnostics.fault(node.position, "'headers' holds more than 64 headers; remove some")
            return
        }
        for pair in pairs {
            guard let field = header(pair) else { continue }
            if field.name == upstream.credentialField && !upstream.credentials.isEmpty {
                diagnostics.fault(
                    pair.keyPosition,
                    "the header \(quoted(pair.key)) carries the key already;"
                        + " write it in 'keys' or here, not in both")
            } else if upstream.extraFields.contains(where: { $0.name == field.name }) {
                diagnostics.fault(
                    pair.keyPosition,
                    "the header \(quoted(pair.key)) is written twice; keep one of them")
            } else {
                upstream.extraFields.append(field)
            }
        }
    }

    private mutating func header(_ pair: YAMLPair) -> ExtraField? {
        let name = pair.key.lowercased()
        guard HeaderRule.isName(name) else {
            diagnostics.fault(
                pair.keyPosition,
                "\(quoted(pair.key)) is no header name; write letters, digits and '-'")
            return nil
        }
        guard !HeaderRule.reserved.contains(name) else {
            diagnostics.fault(
                pair.keyPosition, "the header '\(name)' is written by the gateway; remove it")
            return nil
        }
        guard let read = text(pair.value, pair.key, "a header's value") else { return nil }
        guard HeaderRule.isValue(read.text) else {
            diagnostics.fault(
                read.position,
                "the value of the header '\(name)' holds a line break or control character,"
                    + " or blanks at its ends; write one line of text")
            return nil
        }
        return ExtraField(name: name, value: Secret(Bytes(read.text)))
    }
}
