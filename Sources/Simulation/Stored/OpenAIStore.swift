// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// OpenAI's files, batches, stored responses, conversations and vector stores.
enum OpenAIStore {
    private static let kinds: [String: (object: String, prefix: StaticString)] = [
        "files": ("file", "file-"), "batches": ("batch", "batch_"),
        "responses": ("response", "resp_"), "conversations": ("conversation", "conv_"),
        "vector_stores": ("vector_store", "vs_"),
    ]

    /// Nil for a path that is none of a kept object's.
    static func answer(
        _ request: StoreCall, _ store: inout SimulatedStore, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer? {
        guard let kind = kinds[request.collection] else { return nil }
        if request.id.isEmpty {
            guard request.collection != "responses" else { return nil }
            if request.method == .get { return list(store.cards(request.collection)) }
            return try make(request, kind, &store, &random)
        }
        guard let item = store[request.collection, request.id] else {
            throw ProviderRefusal(
                status: 404, message: "No such \(kind.object) object: \(request.id)", param: "id")
        }
        return try answer(request, item, kind.object, &store)
    }

    private static func answer(
        _ request: StoreCall, _ item: SimulatedStore.Item, _ object: String,
        _ store: inout SimulatedStore
    ) throws(ProviderRefusal) -> ProviderAnswer {
        switch (request.method, request.action) {
        case (.get, ""): return ProviderAnswer(item.card.bytes(.indented))
        case (.get, "content"): return ProviderAnswer(content: item.content)
        case (.get, "input_items"), (.get, "items"):
            return list([["id": "msg_1", "type": "message", "role": "user", "content": []]])
        case (.post, "cancel"):
            let card = item.card.with(["status": "cancelling"])
            store.change(item.collection, item.id, card)
            return ProviderAnswer(card.bytes(.indented))
        case (.delete, ""):
            _ = store.remove(item.collection, item.id)
            let gone: JSONTree = [
                "id": .text(item.id), "object": .text(object), "deleted": true,
            ]
            return ProviderAnswer(gone.bytes(.indented))
        default: throw .wrongMethod(request.call.head.methodName)
        }
    }

    private static func list(_ cards: [JSONTree]) -> ProviderAnswer {
        let list: JSONTree = [
            "object": "list", "data": .array(cards), "first_id": cards.first?["id"] ?? .null,
            "last_id": cards.last?["id"] ?? .null, "has_more": false,
        ]
        return ProviderAnswer(list.bytes(.indented))
    }

    private static func make(
        _ request: StoreCall, _ kind: (object: String, prefix: StaticString),
        _ store: inout SimulatedStore, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let id = SimulatedCompletion.identifier(kind.prefix, 24, &random).string
        var item = SimulatedStore.Item(
            collection: request.collection, id: id,
            card: [
                "id": .text(id), "object": .text(kind.object),
                "created_at": .int(Int(request.call.now.seconds)), "metadata": [:],
            ])
        switch request.collection {
        case "files":
            let form = try request.form()
            guard let file = form["file"] else { throw .missing("file") }
            guard let purpose = form["purpose"] else { throw .missing("purpose") }
            item.content = Bytes(copying: file.content.span)
            item.card = item.card.with([
                "bytes": .int(file.content.count), "filename": .text(file.fileName ?? "file"),
                "purpose": .string(purpose.content), "status": "processed",
            ])
        case "batches":
            let tree = try request.tree()
            guard let file = tree["input_file_id"]?.string else { throw .missing("input_file_id") }
            guard store["files", file.string] != nil else {
                throw .invalid("input_file_id", "a file that exists")
            }
            item.card = item.card.with([
                "endpoint": tree["endpoint"] ?? .null, "input_file_id": .string(file),
                "completion_window": tree["completion_window"] ?? "24h", "status": "validating",
            ])
        default:
            item.card = item.card.with([
                "name": try request.tree()["name"] ?? .null, "status": "completed",
                "usage_bytes": 0,
            ])
        }
        store.add(item)
        return ProviderAnswer(item.card.bytes(.indented))
    }
}
