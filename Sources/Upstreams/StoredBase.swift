// SPDX-License-Identifier: Apache-2.0

/// Whose API an upstream's stored objects have, and where they are.
public struct StoredBase: Sendable, Equatable {
    /// The API of files, batches and the like.
    public enum Family: Sendable, Equatable { case openAI, anthropic, gemini }

    public let family: Family
    /// Put before the part of a path behind its version.
    public let prefix: String
    /// The same for Gemini's uploads.
    public let uploadPrefix: String
    /// What each request's query must hold, such as Azure's `api-version`.
    public let query: String?

    /// Nil for a kind that keeps nothing, or in a way of its own.
    public init?(kind: UpstreamKind, basePath: String, apiVersion: String? = nil) {
        switch kind {
        case .anthropic: family = .anthropic
        case .gemini: family = .gemini
        case .ollama, .cohere, .custom: return nil
        default: family = .openAI
        }
        var prefix = basePath
        var version = apiVersion
        if kind == .azure, !basePath.hasSuffix("/v1") {
            if !basePath.hasSuffix("/openai") { prefix += "/openai" }
            version = version ?? UpstreamKind.azureVersion
        }
        self.prefix = prefix
        uploadPrefix = Self.upload(prefix)
        query = version.map { "api-version=\($0)" }
    }

    /// Google has `/upload` before the version: `/upload/v1beta`.
    private static func upload(_ prefix: String) -> String {
        guard let slash = prefix.lastIndex(of: "/") else { return "/upload" + prefix }
        return prefix[..<slash] + "/upload" + prefix[slash...]
    }
}

extension UpstreamKind {
    /// Whether the kind keeps OpenAI's objects as OpenAI does; others may keep some of them.
    public var keepsOpenAIObjects: Bool { self == .openai || self == .azure }
}
