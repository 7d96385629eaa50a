// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// Answers of the Gemini dialect: contents, streams of both kinds, tokens, embeddings, models.
enum GeminiService {
    private static let listed: [Bytes] = [
        "gemini-2.5-flash", "gemini-2.5-pro", "gemini-3-flash-preview", "gemini-embedding-001",
    ]
    static let contentType: StaticString = "application/json; charset=UTF-8"
    private static let dimensions = 3072

    static func answer(
        _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        try checkKey(call)
        guard let range = call.path.range(ofModels: "/models") else {
            throw ProviderRefusal(status: 404, message: "Requested entity was not found.")
        }
        let rest = call.path[range...].drop { $0 == "/" }
        guard let colon = rest.lastIndex(of: ":") else {
            try call.demandGet()
            return try models(Bytes(rest), call)
        }
        let model = Bytes(rest[..<colon])
        let verb = String(rest[rest.index(after: colon)...])
        guard call.knows(model) else { throw unknown(model, verb) }
        return try answer(verb, model, call, &random)
    }

    private static func answer(
        _ verb: String, _ model: Bytes, _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let tree = try call.tree()
        switch verb {
        case "generateContent", "streamGenerateContent":
            let request = try GeminiRequest(tree, model: model)
            let answer = SimulatedAnswer(request.prompt, script: call.script)
            let content = GeminiContent(
                answer, candidates: request.prompt.candidates, &random)
            guard verb == "streamGenerateContent" else {
                return whole(content.whole, tokens: answer.outputTokens)
            }
            let isArray = call.query("alt") != "sse"
            return call.stream(
                isArray ? content.arrayPieces() : content.eventPieces(),
                closing: isArray ? 2 : 1,
                type: isArray ? contentType : "text/event-stream", tokens: answer.outputTokens)
        case "countTokens": return try count(tree, model)
        case "embedContent":
            let vector = try embedding(tree)
            return whole(["embedding": ["values": vector]])
        case "batchEmbedContents":
            var vectors: [JSONTree] = []
            for request in tree["requests"]?.elements ?? [] {
                guard request["model"]?.string == Bytes("models/\(model)") else {
                    throw .invalid(
                        "* BatchEmbedContentsRequest.requests[0].model: model in the request must "
                            + "match the model of the batch request.\n")
                }
                vectors.append(["values": try embedding(request)])
            }
            return whole(["embeddings": .array(vectors)])
        default: throw unknown(model, verb)
        }
    }

    private static func whole(_ tree: JSONTree, tokens: Int = 0) -> ProviderAnswer {
        var text = ByteWriter(capacity: 1024)
        tree.append(to: &text, .indented, level: 0)
        text.append("\n")
        var answer = ProviderAnswer(text.finish())
        answer.contentType = contentType
        answer.tokens = tokens
        return answer
    }

    static func checkKey(_ call: DialectCall) throws(ProviderRefusal) {
        let key =
            call.head.fields[.xGoogAPIKey] ?? call.query("key").map { Bytes($0) } ?? call.bearer
        guard key != nil else {
            return try call.check(
                nil,
                else: ProviderRefusal(
                    status: 403,
                    message: "Method doesn't allow unregistered callers (callers without "
                        + "established identity). Please use API Key or other form of API "
                        + "consumer identity to call this API."))
        }
        // A bad key is a bad argument here, not a 401.
        try call.check(
            key,
            else: ProviderRefusal(
                status: 400, message: "API key not valid. Please pass a valid API key.",
                code: "API_KEY_INVALID"))
    }

    private static func unknown(_ model: Bytes, _ verb: String) -> ProviderRefusal {
        ProviderRefusal(
            status: 404,
            message: "models/\(model) is not found for API version v1beta, or is not supported "
                + "for \(verb). Call ListModels to see the list of available models and their "
                + "supported methods.")
    }

    private static func count(
        _ tree: JSONTree, _ model: Bytes
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let inner = tree["generateContentRequest", or: "generate_content_request"] ?? tree
        let tokens = try GeminiRequest(inner, model: model).prompt.tokens
        return whole([
            "totalTokens": .int(tokens),
            "promptTokensDetails": [["modality": "TEXT", "tokenCount": .int(tokens)]],
        ])
    }

    private static func embedding(_ tree: JSONTree) throws(ProviderRefusal) -> JSONTree {
        let config = tree["embedContentConfig", or: "embed_content_config"] ?? tree
        let size = config["outputDimensionality", or: "output_dimensionality"]?.int ?? dimensions
        guard size >= 1, size <= dimensions else {
            throw .invalid("* EmbedContentRequest.output_dimensionality: out of range\n")
        }
        let parts = tree["content"]?["parts"]?.elements ?? []
        guard !parts.isEmpty else {
            throw .invalid("* EmbedContentRequest.content: contents is not specified\n")
        }
        let text = parts.compactMap { $0["text"]?.string?.string }.joined(separator: " ")
        return .vector(SimulatedEmbedding.vector(of: Bytes(text), dimensions: size))
    }

    // MARK: - Models

    private static func models(
        _ name: Bytes, _ call: DialectCall
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let known = call.script.models ?? listed
        guard !name.isEmpty else { return whole(["models": .array(known.map(model))]) }
        guard known.contains(name) else {
            throw ProviderRefusal(status: 404, message: "Model is not found: models/\(name)")
        }
        return whole(model(name))
    }

    private static func model(_ id: Bytes) -> JSONTree {
        let isEmbedding = id.string.contains("embedding")
        return [
            "name": .text("models/\(id)"), "version": "001", "displayName": .string(id),
            "description": "A simulated model.", "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": isEmbedding
                ? ["embedContent", "countTextTokens", "countTokens"]
                : ["generateContent", "countTokens", "createCachedContent"],
        ]
    }
}

extension String {
    /// The place behind the last of a path's parts of this name.
    fileprivate func range(ofModels part: String) -> Index? {
        var found: Index?
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(part) {
                let end = self.index(index, offsetBy: part.count)
                if end == endIndex || self[end] == "/" { found = end }
            }
            index = self.index(after: index)
        }
        return found
    }
}

extension JSONTree {
    /// A vector of numbers.
    static func vector(_ values: [Float]) -> JSONTree {
        .array(values.map { .number(Bytes($0.description)) })
    }
}
