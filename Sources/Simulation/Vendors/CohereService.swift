// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// Answers of the Cohere dialect: the second chat API, embeddings, tokens, and the models.
enum CohereService {
    private static let listed: [Bytes] = ["command-a-03-2025", "command-r7b-12-2024", "embed-v4.0"]
    private static let dimensions = 1536

    static func answer(
        _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let wrong: ProviderRefusal =
            call.bearer == nil
            ? ProviderRefusal(status: 401, message: "no api key supplied")
            : ProviderRefusal(
                status: 401,
                message: "Incorrect API key provided: ***********. You can find your API key at "
                    + "https://dashboard.cohere.com/api-keys.")
        try call.check(call.bearer, else: wrong)
        switch call.path {
        case let path where path.hasSuffix("/v2/chat"): return try chat(call, &random)
        case let path where path.hasSuffix("/v2/embed"): return try embed(call, &random)
        case let path where path.hasSuffix("/v1/tokenize"): return try tokenize(call)
        case let path where path.contains("/v1/models"):
            try call.demandGet()
            return try models(call)
        default: throw ProviderRefusal(status: 404, message: "404 page not found")
        }
    }

    private static func check(_ model: Bytes, _ call: DialectCall) throws(ProviderRefusal) {
        guard call.knows(model) else { throw .unknownCohere(model) }
    }

    private static func chat(
        _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let request = try CohereRequest(try call.tree())
        try check(request.prompt.model, call)
        var answer = SimulatedAnswer(request.prompt, script: call.script)
        answer.documents = request.documents
        let reply = CohereReply(answer, &random)
        guard request.prompt.isStream else {
            var whole = ProviderAnswer(reply.whole.bytes())
            whole.tokens = answer.outputTokens
            return whole
        }
        return call.stream(
            reply.pieces(), type: "text/event-stream", tokens: answer.outputTokens)
    }

    private static func meta(_ tokens: Int) -> JSONTree {
        [
            "api_version": ["version": "2"],
            "billed_units": ["input_tokens": .int(tokens), "image_tokens": 0],
        ]
    }

    private static func embed(
        _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let tree = try call.tree()
        guard let model = tree["model"]?.string else { throw .invalid("model is required") }
        try check(model, call)
        guard tree["input_type"]?.string != nil else {
            throw .invalid("invalid request: valid input_type must be provided")
        }
        let texts = tree["texts"]?.elements.compactMap(\.string) ?? []
        guard !texts.isEmpty, texts.count <= 96 else {
            throw .invalid("invalid request: total number of texts must be from 1 to 96")
        }
        let kinds = tree["embedding_types"]?.elements.compactMap(\.string) ?? ["float"]
        guard kinds.allSatisfy({ $0 == "float" }) else {
            throw .invalid("invalid request: only float embeddings are simulated")
        }
        let size = tree["output_dimension"]?.int ?? dimensions
        let vectors = texts.map {
            JSONTree.vector(SimulatedEmbedding.vector(of: $0, dimensions: size))
        }
        let tokens = texts.reduce(0) { $0 + WordPieces.count($1.span) }
        let body: JSONTree = [
            "id": .string(CohereReply.identifier(&random)),
            "texts": .array(texts.map { .string($0) }),
            "embeddings": ["float": .array(vectors)], "meta": meta(tokens),
            "response_type": "embeddings_by_type",
        ]
        return ProviderAnswer(body.bytes())
    }

    private static func tokenize(_ call: DialectCall) throws(ProviderRefusal) -> ProviderAnswer {
        let tree = try call.tree()
        guard let text = tree["text"]?.string else { throw .invalid("text is required") }
        let words = WordPieces.all(of: text)
        let body: JSONTree = [
            "tokens": .array(words.indices.map { .int(1000 + $0) }),
            "token_strings": .array(words.map { .string($0) }),
            "meta": ["api_version": ["version": "1"]],
        ]
        return ProviderAnswer(body.bytes())
    }

    private static func models(_ call: DialectCall) throws(ProviderRefusal) -> ProviderAnswer {
        let known = call.script.models ?? listed
        guard !call.path.hasSuffix("/models") else {
            return ProviderAnswer((["models": .array(known.map(model))] as JSONTree).bytes())
        }
        let id = Bytes(call.path.split(separator: "/").last ?? "")
        guard known.contains(id) else { throw .unknownCohere(id) }
        return ProviderAnswer(model(id).bytes())
    }

    private static func model(_ id: Bytes) -> JSONTree {
        let isEmbedding = id.string.hasPrefix("embed")
        return [
            "name": .string(id), "endpoints": isEmbedding ? ["embed"] : ["chat"],
            "finetuned": false, "context_length": 288_000, "tokenizer_url": "",
            "default_endpoints": [], "features": isEmbedding ? .null : ["tools", "json_mode"],
        ]
    }
}

extension ProviderRefusal {
    fileprivate static func unknownCohere(_ model: Bytes) -> ProviderRefusal {
        ProviderRefusal(
            status: 404,
            message: "model '\(model)' not found, make sure the correct model ID was used and "
                + "that you have access to the model.")
    }
}
