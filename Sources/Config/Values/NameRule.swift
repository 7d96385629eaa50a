// SPDX-License-Identifier: Apache-2.0

/// What a configured name may consist of; names travel in headers, metrics and records.
enum NameRule {
    /// Providers, nodes, regions, zones: they are parts of other names.
    case identifier
    /// Keys: shown only, so more is allowed.
    case label
    /// Models: whatever providers call theirs; `*` only at the end.
    case model

    /// Why `text` breaks the rule, as the second half of a sentence; nil when it does not.
    func fault(_ text: String) -> String? {
        switch self {
        case .identifier:
            let isFine =
                (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isIdentifierByte)
                && text.utf8.first.map(Self.isAlphanumeric) == true
            return isFine
                ? nil : "is no name; write 1 to 64 letters, digits, '.', '_' or '-'"
        case .label:
            let isFine =
                (1...128).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
                && text.first != " " && text.last != " "
            return isFine ? nil : "is no name; write 1 to 128 printable ASCII characters"
        case .model:
            let isFine =
                (1...256).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
            guard isFine else {
                return "is no model name; write 1 to 256 printable ASCII characters without blanks"
            }
            return text.dropLast().contains("*")
                ? "has a '*' before its end; '*' stands for any rest" : nil
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}
