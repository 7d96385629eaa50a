// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Foundation
import JSON
import Testing

/// One recorded exchange of a chat, in any format.
struct GoldenExchange: Sendable, CustomTestStringConvertible {
    let id: String
    let format: WireFormat
    let status: Int
    let isStream: Bool
    /// The request's body; nil where the recording has none.
    let request: Bytes?
    let response: Bytes

    var testDescription: String { id }

    /// All recorded chats; empty, with an issue recorded, when the data is not there.
    static let all: [GoldenExchange] = readAll()
    static let answers = all.filter { $0.status == 200 && !$0.isStream }
    static let streams = all.filter { $0.status == 200 && $0.isStream && !$0.isBroken }
    static let brokenStreams = all.filter { $0.isStream && $0.isBroken }
    static let errors = all.filter { $0.status >= 400 }
    static let requests = all.filter { $0.request != nil }

    private var isBroken: Bool { GoldenExceptions.brokenStreams[id] != nil }

    /// APIs in the data that are not chats, or not in a format of ours.
    private static let otherAPIs: Set<String> = [
        "anthropic.complete", "batchEmbedContents", "cohere.v1.chat", "cohere.v2.embed",
        "cohere.v2.rerank", "completions", "countTokens", "embedContent", "embeddings",
        "hf.inference", "messages.count_tokens", "models", "moderations", "ollama.generate",
    ]

    /// The first bytes of lines that are neither a chat nor of a known other API.
    static let unread: [String] = lines.filter { line in
        let api = GoldenJSON(line)["api"]?.string?.string ?? ""
        return !otherAPIs.contains(api) && GoldenExchange(line: line) == nil
    }.map { $0.prefix(80).string }

    private static func readAll() -> [GoldenExchange] {
        lines.compactMap { GoldenExchange(line: $0) }
    }

    private static let lines: [Bytes] = {
        guard let folder = dataFolder,
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { return [] }
        return names.filter { $0.hasSuffix(".jsonl") }.sorted().flatMap { name in
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
            return data.split(separator: UInt8(ascii: "\n")).map { Bytes([UInt8]($0)) }
        }
    }()

    /// The folder `shared/data/wire` beside the repository or above it.
    static let dataFolder: String? = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appending(path: "shared/data/wire").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }()

    private static func format(ofAPI api: Bytes) -> WireFormat? {
        switch api.string {
        case "chat.completions": .chatCompletions
        case "responses": .responses
        case "messages": .messages
        case "generateContent", "streamGenerateContent": .generateContent
        case "ollama.chat": .ollamaChat
        case "cohere.v2.chat": .cohereChat
        default: nil
        }
    }

    private init?(line: Bytes) {
        let whole = GoldenJSON(line)
        guard let format = whole["api"]?.string.flatMap(Self.format),
            let id = whole["id"]?.string, let response = whole["response"],
            let status = response["status"]?.int, let body = response["body"]?.string
        else { return nil }
        self.id = id.string
        self.format = format
        self.status = status
        self.response = body
        isStream =
            response["stream"]?.bool ?? false
            || whole["api"]?.string?.string == "streamGenerateContent"
        let sent = whole["request"]?["body"]
        request = sent.flatMap { $0.string ?? ($0.isNull ? nil : $0.text) }
    }
}
