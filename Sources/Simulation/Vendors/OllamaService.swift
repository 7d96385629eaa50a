// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// Answers of Ollama's own API: chat, generate, embeddings, and the local models.
enum OllamaService {
    private static let listed: [Bytes] = ["llama3.2:latest", "qwen3:8b", "nomic-embed-text:latest"]
    static let contentType: StaticString = "application/json; charset=utf-8"
    private static let dimensions = 768

    static func answer(
        _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        try call.check(
            call.bearer, else: ProviderRefusal(status: 401, message: "unauthorized"))
        guard let slash = call.path.lastIndex(of: "/") else { throw notFound }
        switch String(call.path[call.path.index(after: slash)...]) {
        case "chat", "generate": return try chat(call, &random)
        case "embed": return try embed(call)
        case "embeddings":
            let tree = try call.tree()
            _ = try model(tree, call)
            let text = tree["prompt"]?.string ?? Bytes()
            let vector = SimulatedEmbedding.vector(of: text, dimensions: dimensions)
            return whole(["embedding": .vector(vector)])
        case "tags":
            try call.demandGet()
            let known = call.script.models ?? listed
            return whole(["models": .array(known.map { card($0, call.now) })])
        case "ps":
            try call.demandGet()
            return whole(["models": []])
        case "show": return try show(call)
        case "version":
            try call.demandGet()
            return whole(["version": "0.12.6"])
        default: throw notFound
        }
    }

    private static let notFound = ProviderRefusal(status: 404, message: "404 page not found")

    private static func whole(_ tree: JSONTree, tokens: Int = 0) -> ProviderAnswer {
        var answer = ProviderAnswer(tree.bytes())
        answer.contentType = contentType
        answer.tokens = tokens
        return answer
    }

    private static func model(
        _ tree: JSONTree, _ call: DialectCall
    ) throws(ProviderRefusal) -> Bytes {
        guard let model = (tree["model"] ?? tree["name"])?.string, !model.isEmpty else {
            throw .invalid("model is required")
        }
        guard call.knows(model) else {
            throw ProviderRefusal(status: 404, message: "model '\(model)' not found")
        }
        return model
    }

    private static func chat(
        _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let tree = try call.tree()
        let name = try model(tree, call)
        let isChat = call.path.hasSuffix("chat")
        let request = try OllamaRequest(tree, model: name, isChat: isChat)
        let answer = SimulatedAnswer(request.prompt, script: call.script)
        let reply = OllamaReply(answer, isChat: isChat, now: call.now, &random)
        guard request.prompt.isStream else {
            return whole(reply.whole, tokens: answer.outputTokens)
        }
        return call.stream(
            reply.pieces(), type: "application/x-ndjson", tokens: answer.outputTokens)
    }

    private static func embed(_ call: DialectCall) throws(ProviderRefusal) -> ProviderAnswer {
        let tree = try call.tree()
        let name = try model(tree, call)
        let texts =
            tree["input"]?.string.map { [$0] } ?? tree["input"]?.elements.compactMap(\.string)
            ?? []
        let size = tree["dimensions"]?.int ?? dimensions
        let tokens = texts.reduce(0) { $0 + WordPieces.count($1.span) }
        let vectors = texts.map {
            JSONTree.vector(SimulatedEmbedding.vector(of: $0, dimensions: size))
        }
        return whole([
            "model": .string(name), "embeddings": .array(vectors), "total_duration": 14_143_917,
            "load_duration": 1_019_500, "prompt_eval_count": .int(tokens),
        ])
    }

    // MARK: - Models

    private static let details: JSONTree = [
        "parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"],
        "parameter_size": "3.2B", "quantization_level": "Q4_K_M",
    ]

    private static func card(_ id: Bytes, _ now: Timestamp) -> JSONTree {
        var time = ByteWriter()
        time.append(rfc3339: now)
        return [
            "name": .string(id), "model": .string(id), "modified_at": .string(time.finish()),
            "size": 2_019_393_189,
            "digest": "a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72",
            "details": details,
        ]
    }

    private static func show(_ call: DialectCall) throws(ProviderRefusal) -> ProviderAnswer {
        let name = try model(try call.tree(), call)
        let isEmbedding = name.string.contains("embed")
        return whole([
            "modelfile": "", "parameters": "", "template": "{{ .Prompt }}", "details": details,
            "model_info": ["general.architecture": "llama", "llama.context_length": 131_072],
            "capabilities": isEmbedding
                ? ["embedding"] : ["completion", "tools", "vision", "thinking"],
        ])
    }
}
