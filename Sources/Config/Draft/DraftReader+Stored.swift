// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Upstreams

extension DraftReader {
    /// Reads who keeps the files, batches and answers of each dialect's callers.
    mutating func readStored(_ node: YAMLNode?, into draft: inout Draft) {
        guard let fields = fields(node, of: .storedObjects) else { return }
        let dialects: [(String, Dialect)] = [
            ("openai", .openAI), ("anthropic", .anthropic), ("gemini", .gemini),
        ]
        for (key, dialect) in dialects {
            guard let keeper = name(fields[key], key, .identifier) else { continue }
            draft.storedObjects.append((dialect, keeper))
        }
    }
}
