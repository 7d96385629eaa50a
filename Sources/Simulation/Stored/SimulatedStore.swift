// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// What a simulated provider keeps for its callers: files, batches, answers, caches.
///
/// All callers share it, and it lives as long as the provider.
struct SimulatedStore {
    /// One object, under the collection that it belongs to: `files`, `batches`, `responses`.
    struct Item {
        var collection: String
        var id: String
        var card: JSONTree
        var content = Bytes()
    }

    private var items: [Item] = []
    /// Uploads that have begun and are not whole: what came so far, and what they are to become.
    var uploads: [String: Item] = [:]

    /// The oldest of what was made without being asked for goes when there are more.
    private static let limit = 1000

    mutating func add(_ item: Item) {
        if items.count >= Self.limit { items.removeFirst() }
        items.append(item)
    }

    /// Replaces an object's card.
    mutating func change(_ collection: String, _ id: String, _ card: JSONTree) {
        guard let index = index(collection, id) else { return }
        items[index].card = card
    }

    /// Returns false if there was none.
    mutating func remove(_ collection: String, _ id: String) -> Bool {
        guard let index = index(collection, id) else { return false }
        items.remove(at: index)
        return true
    }

    func cards(_ collection: String) -> [JSONTree] {
        items.filter { $0.collection == collection }.map(\.card)
    }

    subscript(collection: String, id: String) -> Item? {
        index(collection, id).map { items[$0] }
    }

    private func index(_ collection: String, _ id: String) -> Int? {
        items.firstIndex { $0.collection == collection && $0.id == id }
    }
}

/// A call on kept objects: the path's parts behind its version.
struct StoreCall {
    let call: DialectCall
    /// `files`, `ID`, `content`; Anthropic's batches are one word.
    let parts: [String]
    let isUpload: Bool

    /// Nil for a path without a version.
    init?(_ call: DialectCall) {
        self.call = call
        var words = call.path.split(separator: "/").map(String.init)
        isUpload = words.first == "upload"
        guard let version = words.firstIndex(where: { $0.hasPrefix("v1") }) else { return nil }
        words.removeFirst(version + 1)
        if words.first == "messages", words.count > 1, words[1] == "batches" {
            words.removeFirst(2)
            words.insert("messages/batches", at: 0)
        }
        parts = words
    }

    var collection: String { parts.first ?? "" }
    var id: String { parts.count > 1 ? parts[1] : "" }
    var action: String { parts.count > 2 ? parts[2] : "" }
    var method: HTTPMethod { call.head.method }

    func field(_ name: StaticString) -> String { call.head.fields[name]?.string ?? "" }

    /// The body of a POST as a tree; empty for none.
    func tree() throws(ProviderRefusal) -> JSONTree {
        guard !call.body.isEmpty else { return [:] }
        guard let tree = try? JSONTree(call.body) else { throw .malformed }
        return tree
    }

    func form() throws(ProviderRefusal) -> MultipartForm {
        let type = call.head.fields[.contentType] ?? Bytes()
        guard let form = MultipartForm(call.body, contentType: type) else { throw .malformed }
        return form
    }
}

extension JSONTree {
    /// The members of the object, some of them replaced.
    func with(_ changes: KeyValuePairs<String, JSONTree>) -> JSONTree {
        var kept = members
        for (name, value) in changes {
            let key = Bytes(name)
            if let index = kept.firstIndex(where: { $0.name == key }) {
                kept[index] = Member(name: key, value: value)
            } else {
                kept.append(Member(name: key, value: value))
            }
        }
        return .object(kept)
    }
}

extension ProviderAnswer {
    /// Bytes that were kept, as they came.
    init(content: Bytes) {
        self.init(content)
        contentType = "application/octet-stream"
    }
}
