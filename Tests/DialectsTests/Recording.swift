// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import JSON
import Testing

/// One recorded exchange with an OpenAI-compatible provider.
struct Recording: Sendable, CustomTestStringConvertible {
    let id: String
    let api: String
    let status: Int
    let isStream: Bool
    /// The request's body as its line in the data has it.
    let request: Bytes
    let response: Bytes

    var testDescription: String { id }

    static let providers = [
        "azure-openai", "cerebras", "deepseek", "groq", "huggingface", "mistral", "ollama",
        "openai",
        "openrouter", "perplexity", "xai", "gemini",
    ]

    /// All exchanges of the chat, completions and embeddings APIs.
    static let all: [Recording] = providers.flatMap(read)

    /// The recorded streams of chats and completions.
    static let streams = all.filter { $0.isStream && $0.api != "embeddings" && $0.status == 200 }

    private static func read(_ provider: String) -> [Recording] {
        guard let folder = dataFolder,
            let data = FileManager.default.contents(atPath: "\(folder)/wire/\(provider).jsonl")
        else {
            Issue.record("no recorded traffic of \(provider): shared/data/wire not found")
            return []
        }
        return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
            Recording(line: Bytes([UInt8](line)))
        }
    }

    /// The folder `shared/data` beside the repository or above it.
    private static var dataFolder: String? {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appending(path: "shared/data").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }

    private init?(line: Bytes) {
        guard let whole = foundationObject(line), let api = whole["api"] as? String,
            ["chat.completions", "completions", "embeddings"].contains(api),
            let id = whole["id"] as? String, id != "ollama-d0030",  // Ollama's own embeddings API
            let response = whole["response"] as? [String: Any],
            let status = response["status"] as? Int, let body = response["body"] as? String
        else { return nil }
        self.id = id
        self.api = api
        self.status = status
        self.response = Bytes(body)
        isStream = response["stream"] as? Bool ?? false
        request = Recording.rawBody(line) ?? Bytes()
    }

    private static func rawBody(_ line: Bytes) -> Bytes? {
        var members = JSONMembers(in: line.span)
        while let member = members.next() {
            guard member.key.equals("request", in: line.span) else { continue }
            var inner = JSONMembers(of: member.value, in: line.span)
            while let part = inner.next() {
                if part.key.equals("body", in: line.span) { return line[part.value.range] }
            }
        }
        return nil
    }
}

/// A JSON object as Foundation reads it.
func foundationObject(_ bytes: Bytes) -> [String: Any]? {
    let data = unsafe bytes.withUnsafeBytes { unsafe Data($0) }
    return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
}
