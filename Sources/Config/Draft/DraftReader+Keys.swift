// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto

extension DraftReader {
    mutating func readKeys(_ node: YAMLNode?, into draft: inout Draft) {
        draft.positions.keys = node?.position
        let nodes = list(node, "keys", example: "[{ name: dev, hash: \"sha256:…\" }]")
        draft.areKeysUnreadable = node != nil && nodes == nil
        for node in nodes ?? [] { draft.keys.append(key(node)) }
    }

    private mutating func key(_ node: YAMLNode) -> KeyDraft {
        var draft = KeyDraft(position: node.position)
        guard let fields = fields(node, of: .key) else { return draft }
        draft.name = name(required("name", in: fields, example: "dev"), "name", .label)
        draft.digest = digest(required("hash", in: fields, example: "\"sha256:…\""), "hash")
        draft.models = names(fields["models"], "models", .model, example: "[\"*\"]")
        draft.storedObjects = flag(fields["stored_objects"], "stored_objects")?.value
        if let models = draft.models, models.isEmpty, let node = fields["models"],
            case .sequence(let nodes) = node.content, nodes.isEmpty
        {
            diagnostics.fault(
                node.position, "'models' is empty, so the key could do nothing; write [\"*\"]")
        }
        return draft
    }

    /// Reads `sha256:` and 64 hexadecimal digits; never shows what was written.
    mutating func digest(_ node: YAMLNode?, _ key: String) -> Located<SHA256Digest>? {
        guard let read = text(node, key, "\"sha256:\" and 64 hexadecimal digits") else {
            return nil
        }
        do throws(KeyHash.Fault) {
            return Located(value: try KeyHash.parse(read.text), position: read.position)
        } catch {
            diagnostics.fault(read.position, error.message)
            return nil
        }
    }
}
