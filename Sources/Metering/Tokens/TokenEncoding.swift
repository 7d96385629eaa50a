// SPDX-License-Identifier: Apache-2.0

/// A published byte-pair encoding of OpenAI's.
public enum TokenEncoding: Sendable, Hashable, CaseIterable {
    case cl100k, o200k

    /// The encoding of a model by its name; nil for models whose tokenizer is not public.
    ///
    /// A provider before a slash and the mark of fine-tuned models do not matter.
    public init?(model: String) {
        var name = model.utf8[...]
        if let slash = name.lastIndex(of: UInt8(ascii: "/")) { name = name[slash...].dropFirst() }
        if name.starts(with: "ft:".utf8) { name = name.dropFirst(3) }
        guard let row = Self.prefixes.first(where: { name.starts(with: $0.prefix.utf8) }) else {
            return nil
        }
        self = row.encoding
    }

    /// The first that fits counts.
    private static let prefixes: [(prefix: String, encoding: TokenEncoding)] = [
        ("gpt-4o", .o200k), ("gpt-4.1", .o200k), ("gpt-4.5", .o200k), ("gpt-4", .cl100k),
        ("gpt-3.5", .cl100k), ("gpt-35", .cl100k), ("gpt-", .o200k), ("chatgpt-", .o200k),
        ("codex-", .o200k), ("o1", .o200k), ("o3", .o200k), ("o4", .o200k),
        ("text-embedding-3", .cl100k), ("text-embedding-ada-002", .cl100k),
    ]
}
