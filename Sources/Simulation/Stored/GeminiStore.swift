// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// Gemini's files with their resumable uploads, and its caches of contents.
enum GeminiStore {
    /// Nil for a path that is none of a kept object's.
    static func answer(
        _ request: StoreCall, _ store: inout SimulatedStore, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer? {
        if request.isUpload { return try upload(request, &store, &random) }
        guard request.collection == "files" || request.collection == "cachedContents" else {
            return nil
        }
        if request.id.isEmpty {
            if request.method == .get {
                return whole(
                    .object([
                        JSONTree.Member(
                            name: Bytes(request.collection),
                            value: .array(store.cards(request.collection)))
                    ]))
            }
            return whole(try cache(request, &store, &random))
        }
        let id = String(request.id.split(separator: ":")[0])
        guard let item = store[request.collection, id] else {
            throw ProviderRefusal(status: 404, message: "Requested entity was not found.")
        }
        switch request.method {
        case .get where request.id.hasSuffix(":download"):
            return ProviderAnswer(content: item.content)
        case .get: return whole(item.card)
        case .patch:
            let card = item.card.with(["ttl": try request.tree()["ttl"] ?? .null])
            store.change(item.collection, id, card)
            return whole(card)
        case .delete:
            _ = store.remove(item.collection, id)
            return whole([:])
        default: throw .wrongMethod(request.call.head.methodName)
        }
    }

    private static func whole(_ tree: JSONTree) -> ProviderAnswer {
        var answer = ProviderAnswer(tree.bytes(.indented))
        answer.contentType = GeminiService.contentType
        return answer
    }

    // MARK: - Uploads

    private static func upload(
        _ request: StoreCall, _ store: inout SimulatedStore, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let command = request.field("x-goog-upload-command")
        if command == "start" { return try start(request, &store, &random) }
        guard let id = request.call.query("upload_id"), var item = store.uploads[id] else {
            throw ProviderRefusal(status: 404, message: "Requested entity was not found.")
        }
        guard request.field("x-goog-upload-offset") == "\(item.content.count)" else {
            throw .invalid("X-Goog-Upload-Offset does not match what was uploaded.")
        }
        var content = ByteWriter(capacity: item.content.count + request.call.body.count)
        content.append(item.content)
        content.append(request.call.body)
        item.content = content.finish()
        store.uploads[id] = item
        guard command.contains("finalize") else { return status("active", whole([:])) }
        store.uploads[id] = nil
        item.card = item.card.with(["sizeBytes": .text("\(item.content.count)")])
        store.add(item)
        return status("final", whole(["file": item.card]))
    }

    private static func start(
        _ request: StoreCall, _ store: inout SimulatedStore, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let asked = try request.tree()["file"] ?? [:]
        let id = SimulatedCompletion.identifier("", 12, &random).string.lowercased()
        let type = request.field("x-goog-upload-header-content-type")
        store.uploads[id] = SimulatedStore.Item(
            collection: "files", id: id,
            card: [
                "name": .text("files/\(id)"),
                "displayName": asked["displayName", or: "display_name"] ?? .null,
                "mimeType": .text(type), "createTime": "2026-11-01T00:00:00Z",
                "updateTime": "2026-11-01T00:00:00Z", "expirationTime": "2026-11-03T00:00:00Z",
                "uri": .text("https://generativelanguage.googleapis.com/v1beta/files/\(id)"),
                "state": "ACTIVE", "source": "UPLOADED",
            ])
        var answer = status("active", whole([:]))
        let host = request.call.head.authority
        answer.headers.append(
            ScriptedField(
                name: "x-goog-upload-url",
                value: Bytes(
                    "http://\(host)/upload/v1beta/files?upload_id=\(id)&upload_protocol=resumable"))
        )
        return answer
    }

    private static func status(_ word: Bytes, _ answer: ProviderAnswer) -> ProviderAnswer {
        var answer = answer
        answer.headers.append(ScriptedField(name: "x-goog-upload-status", value: word))
        return answer
    }

    // MARK: - Caches

    private static func cache(
        _ request: StoreCall, _ store: inout SimulatedStore, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> JSONTree {
        guard request.collection == "cachedContents" else {
            throw .wrongMethod(request.call.head.methodName)
        }
        let tree = try request.tree()
        guard let model = tree["model"]?.string else { throw .invalid("model is required") }
        let id = SimulatedCompletion.identifier("", 16, &random).string.lowercased()
        let card: JSONTree = [
            "name": .text("cachedContents/\(id)"), "model": .string(model),
            "createTime": "2026-11-01T00:00:00Z", "updateTime": "2026-11-01T00:00:00Z",
            "expireTime": "2026-11-01T01:00:00Z", "usageMetadata": ["totalTokenCount": 4096],
        ]
        store.add(SimulatedStore.Item(collection: "cachedContents", id: id, card: card))
        return card
    }
}
