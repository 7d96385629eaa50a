// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// Anthropic's files and message batches.
enum AnthropicStore {
    private static let batches = "messages/batches"

    /// Nil for a path that is none of a kept object's.
    static func answer(
        _ request: StoreCall, _ store: inout SimulatedStore, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer? {
        guard request.collection == "files" || request.collection == batches else { return nil }
        let isFile = request.collection == "files"
        if request.id.isEmpty {
            if request.method == .get { return list(store.cards(request.collection)) }
            let item =
                isFile ? try file(request, &random) : try batch(request, &random)
            store.add(item)
            return ProviderAnswer(item.card.bytes())
        }
        guard let item = store[request.collection, request.id] else {
            throw ProviderRefusal(status: 404, message: "Not found: \(request.id)")
        }
        switch (request.method, request.action) {
        case (.get, ""): return ProviderAnswer(item.card.bytes())
        case (.get, "content"): return ProviderAnswer(content: item.content)
        case (.get, "results"):
            var answer = ProviderAnswer(item.content)
            answer.contentType = "application/x-jsonl"
            return answer
        case (.post, "cancel"):
            let card = item.card.with(["processing_status": "canceling"])
            store.change(item.collection, item.id, card)
            return ProviderAnswer(card.bytes())
        case (.delete, ""):
            _ = store.remove(item.collection, item.id)
            let word: JSONTree = isFile ? "file_deleted" : "message_batch_deleted"
            return ProviderAnswer((["id": .text(item.id), "type": word] as JSONTree).bytes())
        default: throw ProviderRefusal(status: 405, message: "Method Not Allowed")
        }
    }

    private static func list(_ cards: [JSONTree]) -> ProviderAnswer {
        let list: JSONTree = [
            "data": .array(cards), "has_more": false, "first_id": cards.first?["id"] ?? .null,
            "last_id": cards.last?["id"] ?? .null,
        ]
        return ProviderAnswer(list.bytes())
    }

    private static func file(
        _ request: StoreCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> SimulatedStore.Item {
        guard let file = try request.form()["file"] else { throw .invalid("file: required") }
        let id = SimulatedCompletion.identifier("file_011", 20, &random).string
        return SimulatedStore.Item(
            collection: "files", id: id,
            card: [
                "type": "file", "id": .text(id), "filename": .text(file.fileName ?? "file"),
                "mime_type": .text(file.contentType), "size_bytes": .int(file.content.count),
                "created_at": "2026-11-01T00:00:00Z", "downloadable": true,
            ], content: Bytes(copying: file.content.span))
    }

    private static func batch(
        _ request: StoreCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> SimulatedStore.Item {
        let asked = try request.tree()["requests"]?.elements ?? []
        guard !asked.isEmpty else { throw .invalid("requests: Field required") }
        let id = SimulatedCompletion.identifier("msgbatch_01", 22, &random).string
        var lines = ByteWriter()
        for one in asked {
            let read = try AnthropicRequest(one["params"] ?? [:], isCount: false)
            let message = AnthropicMessage(
                SimulatedAnswer(read.prompt, script: request.call.script), &random)
            let line: JSONTree = [
                "custom_id": one["custom_id"] ?? .null,
                "result": ["type": "succeeded", "message": message.whole],
            ]
            lines.append(line.bytes())
            lines.append("\n")
        }
        return SimulatedStore.Item(
            collection: batches, id: id, card: card(id, count: asked.count),
            content: lines.finish())
    }

    /// Ended at once; its link is to the real service, as the real one's is.
    private static func card(_ id: String, count: Int) -> JSONTree {
        [
            "id": .text(id), "type": "message_batch", "processing_status": "ended",
            "request_counts": [
                "processing": 0, "succeeded": .int(count), "errored": 0, "canceled": 0,
                "expired": 0,
            ],
            "ended_at": "2026-11-01T00:00:01Z", "created_at": "2026-11-01T00:00:00Z",
            "expires_at": "2026-11-02T00:00:00Z", "archived_at": .null,
            "cancel_initiated_at": .null,
            "results_url": .text("https://api.anthropic.com/v1/messages/batches/\(id)/results"),
        ]
    }
}
