// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// A model as `/v1/models` shows it.
public struct ModelCard: Sendable, Equatable {
    public var id: Bytes
    /// When it came up here, in seconds since 1970.
    public var created: Int64
    public var ownedBy: Bytes

    public init(id: Bytes, created: Int64, ownedBy: Bytes) {
        self.id = id
        self.created = created
        self.ownedBy = ownedBy
    }

    /// The answer to `GET /v1/models/{id}`.
    public func encoded() -> Bytes {
        var json = JSONWriter(capacity: 128)
        write(&json)
        return json.finish()
    }

    /// The answer to `GET /v1/models`.
    public static func encodedList(_ cards: [ModelCard]) -> Bytes {
        var json = JSONWriter(capacity: 32 + 128 * cards.count)
        json.beginObject()
        json.key("object")
        json.string("list" as StaticString)
        json.key("data")
        json.beginArray()
        for card in cards { card.write(&json) }
        json.endArray()
        json.endObject()
        return json.finish()
    }

    private func write(_ json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.string(id)
        json.key("object")
        json.string("model" as StaticString)
        json.key("created")
        json.int(created)
        json.key("owned_by")
        json.string(ownedBy)
        json.endObject()
    }
}
