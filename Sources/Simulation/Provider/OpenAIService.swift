// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import JSON

/// Answers of the OpenAI dialect: which path asks what, and what the service would say.
struct OpenAIService {
    private static let listedModels: [Bytes] = [
        "gpt-4o-mini", "gpt-4o", "gpt-3.5-turbo-instruct", "text-embedding-3-small",
        "text-embedding-3-large",
    ]

    var random = SeededGenerator(seed: 0x5EED)
    var store = SimulatedStore()

    /// The answer to one whole request.
    mutating func answer(
        to head: RequestHead, body: Bytes, script: ProviderScript, now: Timestamp,
        behaviour: ProviderBehaviour
    ) -> ProviderAnswer {
        do throws(ProviderRefusal) {
            try authenticate(head, script)
            return try route(head, body, script, now, behaviour)
        } catch {
            return ProviderAnswer(error)
        }
    }

    private func authenticate(
        _ head: RequestHead, _ script: ProviderScript
    ) throws(ProviderRefusal) {
        guard let key = script.apiKey else { return }
        guard let field = head.fields[.authorization] else { throw .unauthorized(hasKey: false) }
        let bearer = "Bearer \(key.reveal())"
        guard Secret(field) == Secret(Bytes(bearer)) else { throw .unauthorized(hasKey: true) }
    }

    private mutating func route(
        _ head: RequestHead, _ body: Bytes, _ script: ProviderScript, _ now: Timestamp,
        _ behaviour: ProviderBehaviour
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let path = head.path.string
        if path.hasSuffix("/models") || path.contains("/models/") {
            guard head.method == .get else { throw .wrongMethod(head.methodName) }
            return try models(path, script)
        }
        let isChat = path.hasSuffix("/chat/completions")
        let isResponse = path.hasSuffix("/responses")
        guard
            isChat || isResponse || path.hasSuffix("/completions")
                || path.hasSuffix("/embeddings")
        else {
            let call = DialectCall(
                head, body: body, script: script, now: now, behaviour: behaviour)
            guard let request = StoreCall(call),
                let kept = try OpenAIStore.answer(request, &store, &random)
            else { throw .unknownPath(head.methodName, head.path) }
            return kept
        }
        guard head.method == .post else { throw .wrongMethod(head.methodName) }
        guard let tree = try? JSONTree(body) else { throw .malformed }
        if path.hasSuffix("/embeddings") {
            let embedding = try SimulatedEmbedding(tree)
            try check(embedding.model, script)
            return ProviderAnswer(embedding.body())
        }
        if isResponse {
            let call = DialectCall(
                head, body: body, script: script, now: now, behaviour: behaviour)
            return try respond(tree, call)
        }
        let request =
            isChat ? try CompletionRequest(chat: tree) : try CompletionRequest(text: tree)
        try check(request.model, script)
        return complete(request, script, now, behaviour)
    }

    private func check(_ model: Bytes, _ script: ProviderScript) throws(ProviderRefusal) {
        guard let models = script.models, !models.contains(model) else { return }
        throw .unknownModel(model)
    }

    private mutating func complete(
        _ request: CompletionRequest, _ script: ProviderScript, _ now: Timestamp,
        _ behaviour: ProviderBehaviour
    ) -> ProviderAnswer {
        let completion = SimulatedCompletion(
            request, script: script, random: &random, created: now.seconds)
        var answer: ProviderAnswer
        if request.isStream {
            answer = ProviderAnswer(
                stream: CompletionStream(
                    completion, includesUsage: request.includesUsage,
                    endsWithDone: behaviour != .noDone))
        } else {
            answer = ProviderAnswer(completion.wholeBody())
        }
        answer.tokens = completion.completionTokens
        return answer
    }

    private mutating func respond(
        _ tree: JSONTree, _ call: DialectCall
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let request = try ResponsesRequest(tree)
        try check(request.prompt.model, call.script)
        if let earlier = tree["previous_response_id"]?.string,
            store["responses", earlier.string] == nil
        {
            throw ProviderRefusal(
                status: 400, message: "Previous response with id '\(earlier)' not found.",
                param: "previous_response_id", code: "previous_response_not_found")
        }
        let response = SimulatedResponse(
            request, script: call.script, now: call.now, &random)
        if tree["store"]?.bool ?? true, let id = response.whole["id"]?.string {
            store.add(
                SimulatedStore.Item(
                    collection: "responses", id: id.string, card: response.whole))
        }
        guard request.prompt.isStream else {
            var answer = ProviderAnswer(response.whole.bytes(.indented))
            answer.tokens = response.answer.outputTokens
            return answer
        }
        return call.stream(
            response.pieces(), type: "text/event-stream; charset=utf-8",
            tokens: response.answer.outputTokens)
    }

    private func models(
        _ path: String, _ script: ProviderScript
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let known = script.models ?? Self.listedModels
        var writer = JSONWriter()
        if path.hasSuffix("/models") {
            writer.beginObject()
            writer.key("object")
            writer.string("list" as StaticString)
            writer.key("data")
            writer.beginArray()
            for model in known { write(model, into: &writer) }
            writer.endArray()
            writer.endObject()
            return ProviderAnswer(writer.finish())
        }
        let parts = path.split(separator: "/")
        guard let index = parts.lastIndex(of: "models") else { throw .malformed }
        let id = Bytes(parts[(index + 1)...].joined(separator: "/"))
        guard known.contains(id) else { throw .unknownModel(id) }
        write(id, into: &writer)
        return ProviderAnswer(writer.finish())
    }

    private func write(_ model: Bytes, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(model)
        writer.key("object")
        writer.string("model" as StaticString)
        writer.key("created")
        writer.int(1_715_367_049)
        writer.key("owned_by")
        writer.string("system" as StaticString)
        writer.endObject()
    }
}
