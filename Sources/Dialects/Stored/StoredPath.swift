// SPDX-License-Identifier: Apache-2.0
internal import HTTP

/// One path under which a provider keeps objects for its callers, and what may be done there.
public struct StoredPath: Sendable {
    /// The path with `{id}` for each name of an object; the label of metrics.
    public let template: StaticString
    public let dialect: Dialect
    let methods: Methods
    /// What begins with a POST here is paid for later, or is not counted in tokens.
    let spends: Bool
    /// Answers hold links to the provider's own address that clients follow.
    public let tellsLinks: Bool

    /// Pieces of an upload may come without a key.
    public var isUpload: Bool { template.description.hasPrefix("/upload/") }

    init(
        _ template: StaticString, _ dialect: Dialect, _ methods: Methods, spends: Bool = false,
        tellsLinks: Bool = false
    ) {
        self.template = template
        self.dialect = dialect
        self.methods = methods
        self.spends = spends
        self.tellsLinks = tellsLinks
    }

    /// The methods of HTTP that a path has.
    struct Methods: OptionSet {
        let rawValue: UInt8

        static let get = Methods(rawValue: 1)
        static let post = Methods(rawValue: 2)
        static let delete = Methods(rawValue: 4)
        static let patch = Methods(rawValue: 8)

        func has(_ method: HTTPMethod) -> Bool {
            switch method {
            case .get: contains(.get)
            case .post: contains(.post)
            case .delete: contains(.delete)
            case .patch: contains(.patch)
            default: false
            }
        }

        /// For the `allow` field of a 405.
        var list: StaticString {
            switch self {
            case [.get]: "GET"
            case [.post]: "POST"
            case [.get, .post]: "GET, POST"
            case [.get, .delete]: "GET, DELETE"
            case [.get, .delete, .patch]: "GET, DELETE, PATCH"
            default: "GET, POST, DELETE"
            }
        }
    }
}

extension StoredPath {
    /// Every path, those of one dialect together.
    static let all = openAI + vectorStores + anthropic + gemini

    private static let openAI: [StoredPath] = [
        StoredPath("/v1/files", .openAI, [.get, .post]),
        StoredPath("/v1/files/{id}", .openAI, [.get, .delete]),
        StoredPath("/v1/files/{id}/content", .openAI, .get),
        StoredPath("/v1/uploads", .openAI, .post),
        StoredPath("/v1/uploads/{id}/parts", .openAI, .post),
        StoredPath("/v1/uploads/{id}/complete", .openAI, .post),
        StoredPath("/v1/uploads/{id}/cancel", .openAI, .post),
        StoredPath("/v1/batches", .openAI, [.get, .post], spends: true),
        StoredPath("/v1/batches/{id}", .openAI, .get),
        StoredPath("/v1/batches/{id}/cancel", .openAI, .post),
        StoredPath("/v1/responses/{id}", .openAI, [.get, .delete]),
        StoredPath("/v1/responses/{id}/cancel", .openAI, .post),
        StoredPath("/v1/responses/{id}/input_items", .openAI, .get),
        // POST is a call of its own.
        StoredPath("/v1/chat/completions", .openAI, .get),
        StoredPath("/v1/chat/completions/{id}", .openAI, [.get, .post, .delete]),
        StoredPath("/v1/chat/completions/{id}/messages", .openAI, .get),
        StoredPath("/v1/conversations", .openAI, .post),
        StoredPath("/v1/conversations/{id}", .openAI, [.get, .post, .delete]),
        StoredPath("/v1/conversations/{id}/items", .openAI, [.get, .post]),
        StoredPath("/v1/conversations/{id}/items/{id}", .openAI, [.get, .delete]),
    ]

    private static let vectorStores: [StoredPath] = [
        StoredPath("/v1/vector_stores", .openAI, [.get, .post]),
        StoredPath("/v1/vector_stores/{id}", .openAI, [.get, .post, .delete]),
        StoredPath("/v1/vector_stores/{id}/search", .openAI, .post, spends: true),
        StoredPath("/v1/vector_stores/{id}/files", .openAI, [.get, .post]),
        StoredPath("/v1/vector_stores/{id}/files/{id}", .openAI, [.get, .post, .delete]),
        StoredPath("/v1/vector_stores/{id}/files/{id}/content", .openAI, .get),
        StoredPath("/v1/vector_stores/{id}/file_batches", .openAI, .post),
        StoredPath("/v1/vector_stores/{id}/file_batches/{id}", .openAI, .get),
        StoredPath("/v1/vector_stores/{id}/file_batches/{id}/cancel", .openAI, .post),
        StoredPath("/v1/vector_stores/{id}/file_batches/{id}/files", .openAI, .get),
        StoredPath("/v1/containers", .openAI, [.get, .post], spends: true),
        StoredPath("/v1/containers/{id}", .openAI, [.get, .delete]),
        StoredPath("/v1/containers/{id}/files", .openAI, [.get, .post]),
        StoredPath("/v1/containers/{id}/files/{id}", .openAI, [.get, .delete]),
        StoredPath("/v1/containers/{id}/files/{id}/content", .openAI, .get),
    ]

    private static let anthropic: [StoredPath] = [
        StoredPath("/v1/files", .anthropic, [.get, .post]),
        StoredPath("/v1/files/{id}", .anthropic, [.get, .delete]),
        StoredPath("/v1/files/{id}/content", .anthropic, .get),
        StoredPath(
            "/v1/messages/batches", .anthropic, [.get, .post], spends: true, tellsLinks: true),
        StoredPath("/v1/messages/batches/{id}", .anthropic, [.get, .delete], tellsLinks: true),
        StoredPath("/v1/messages/batches/{id}/cancel", .anthropic, .post, tellsLinks: true),
        StoredPath("/v1/messages/batches/{id}/results", .anthropic, .get),
    ]

    private static let gemini: [StoredPath] = [
        StoredPath("/upload/v1beta/files", .gemini, .post),
        StoredPath("/v1beta/files", .gemini, [.get, .post]),
        StoredPath("/v1beta/files/{id}", .gemini, [.get, .delete]),
        StoredPath("/v1beta/cachedContents", .gemini, [.get, .post], spends: true),
        StoredPath("/v1beta/cachedContents/{id}", .gemini, [.get, .delete, .patch]),
        StoredPath("/v1beta/batches", .gemini, .get),
        StoredPath("/v1beta/batches/{id}:cancel", .gemini, .post),
        StoredPath("/v1beta/batches/{id}", .gemini, [.get, .delete]),
        StoredPath("/v1beta/models/{id}:batchGenerateContent", .gemini, .post, spends: true),
        StoredPath("/v1beta/models/{id}:asyncBatchEmbedContent", .gemini, .post, spends: true),
    ]
}
