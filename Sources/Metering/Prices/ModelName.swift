// SPDX-License-Identifier: Apache-2.0

/// A model's name as price tables spell it, and the shorter names that it is a version of.
struct ModelName {
    /// In lower case, without `models/` and what stands before it.
    let full: String
    /// Who makes the model, where the name says so: `openai/gpt-5`, `us.anthropic.claude-…`.
    let maker: String?
    /// The name without its maker.
    let short: String

    init(_ name: String) {
        var name = name.lowercased()[...]
        if let place = name.utf8.lastRange(of: "models/") { name = name[place.upperBound...] }
        full = String(name)
        if let slash = name.firstIndex(of: "/") {
            let maker = String(name[..<slash])
            self.maker = Self.makers[maker] ?? maker
            short = String(name[name.index(after: slash)...])
        } else if let place = name.utf8.lastRange(of: "anthropic.") {
            maker = "anthropic"
            short = String(name[place.upperBound...])
        } else {
            maker = nil
            short = full
        }
    }

    /// Providers of the table by the names that resellers have for them.
    private static let makers = [
        "google": "gemini", "x-ai": "xai", "mistralai": "mistral", "moonshotai": "moonshot",
        "z-ai": "zai", "qwen": "dashscope", "azure": "openai",
    ]

    /// The name and then, longest first, what is left of it without a version at its end.
    static func stems(of name: String) -> [Substring] {
        var stems = [name[...]]
        for index in name.indices.reversed() where isSeparator(name[index]) {
            if isVersion(name[index...]) { stems.append(name[..<index]) }
        }
        return stems
    }

    /// Dates, numbers of releases and words such as `latest`, each behind a separator.
    ///
    /// `-2024-08-06`, `-20251001`, `-0613`, `-001`, `@20251101`, `-v1:0`, `-preview-09-2025`;
    /// but not `-5` or `-mini`, which are other models with other prices.
    private static func isVersion(_ text: Substring) -> Bool {
        let parts = text.dropFirst().split(omittingEmptySubsequences: false) { isSeparator($0) }
        return parts.indices.allSatisfy { index in
            let part = parts[index]
            let before = index > 0 ? parts[index - 1] : ""
            let after = index + 1 < parts.count ? parts[index + 1] : ""
            if ["latest", "preview"].contains(part) { return true }
            if part.first == "v", part.count == 2, isNumber(part.dropFirst()) { return true }
            guard isNumber(part) else { return false }
            switch part.count {
            case 1: return before.first == "v"
            case 2: return [before, after].contains { isNumber($0) && [2, 4].contains($0.count) }
            default: return [3, 4, 6, 8].contains(part.count)
            }
        }
    }

    private static func isSeparator(_ letter: Character) -> Bool {
        letter == "-" || letter == "@" || letter == ":"
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension Substring.UTF8View {
    /// The last place of a text, compared byte by byte.
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        for start in indices.reversed() where self[start...].starts(with: text.utf8) {
            return start..<index(start, offsetBy: text.utf8.count)
        }
        return nil
    }
}
