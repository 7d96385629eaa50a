// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Testing

@Suite struct OperationTests {
    typealias Operation = Dialects.Operation

    private func route(_ verb: Operation.Verb, _ path: String) -> Operation.Destination {
        Operation.route(verb, path: Bytes(path).span)
    }

    @Test(
        "paths lead to operations by their method",
        arguments: [
            ("/v1/chat/completions", Operation.chatCompletions), ("/v1/completions", .completions),
            ("/v1/embeddings", .embeddings), ("/v1/models", .models),
            ("/v1/models/gpt-4o", .model("gpt-4o")), ("/v1/models/org/name", .model("org/name")),
            ("/v1/models/org%2Fname%20x", .model("org/name x")), ("/v2/chat", .cohereChat),
            ("/v2/embed", .cohereEmbed), ("/api/chat", .ollamaChat), ("/api/embed", .ollamaEmbed),
            ("/api/tags", .ollamaModels), ("/api/version", .ollamaVersion),
        ])
    func operations(path: String, operation: Operation) {
        let right: Operation.Verb = operation.isInference ? .post : .get
        let wrong: Operation.Verb = operation.isInference ? .get : .post
        #expect(route(right, path) == .operation(operation))
        #expect(route(wrong, path) == .wrongMethod(allow: operation.isInference ? "POST" : "GET"))
        #expect(route(.other, path) == .wrongMethod(allow: operation.isInference ? "POST" : "GET"))
    }

    @Test(
        "other paths lead nowhere",
        arguments: [
            "", "/", "/v1", "/v1/", "/v1/models/", "/v1/chat", "/v1/chat/completions/",
            "/v2/models",
            "/V1/models", "/v1/models/%zz", "/v1/models/a%2", "/v1/modelsx", "v1/models",
            "/v2/chat/", "/api", "/api/", "/api/chats",
        ])
    func nowhere(path: String) {
        #expect(route(.get, path) == .unknownPath)
        #expect(route(.post, path) == .unknownPath)
    }

    @Test("a path tells the dialect of its errors")
    func dialects() {
        #expect(Dialect(path: Bytes("/v1/chat/nothing").span) == .openAI)
        #expect(Dialect(path: Bytes("/v1/messages/x").span) == .anthropic)
        #expect(Dialect(path: Bytes("/v1beta/models/x:y").span) == .gemini)
        #expect(Dialect(path: Bytes("/v2/rerank").span) == .cohere)
        #expect(Dialect(path: Bytes("/api/pull").span) == .ollama)
    }

    @Test("model cards in OpenAI's form")
    func cards() {
        let card = ModelCard(id: "a\"b", created: 7, ownedBy: "apus")
        let one = #"{"id":"a\"b","object":"model","created":7,"owned_by":"apus"}"#
        #expect(card.encoded().string == one)
        #expect(
            ModelCard.encodedList([card, card]).string
                == "{\"object\":\"list\",\"data\":[\(one),\(one)]}")
        #expect(ModelCard.encodedList([]).string == #"{"object":"list","data":[]}"#)
    }
}
