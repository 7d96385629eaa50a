// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// A model as lists of models show it, in each dialect's form.
public struct ModelCard: Sendable, Equatable {
    public var id: Bytes
    /// When it came up here, in seconds since 1970.
    public var created: Int64
    public var ownedBy: Bytes
    public var details: ModelDetails

    public init(id: Bytes, created: Int64, ownedBy: Bytes, details: ModelDetails = ModelDetails()) {
        self.id = id
        self.created = created
        self.ownedBy = ownedBy
        self.details = details
    }

    /// The answer to a question for this one model.
    public func encoded(for dialect: Dialect = .openAI) -> Bytes {
        var json = JSONWriter(capacity: 128)
        write(dialect, &json)
        return json.finish()
    }

    /// The answer to a question for all models.
    public static func encodedList(
        _ cards: [ModelCard], for dialect: Dialect = .openAI
    ) -> Bytes {
        var json = JSONWriter(capacity: 32 + 128 * cards.count)
        json.beginObject()
        if dialect == .openAI {
            json.key("object")
            json.string("list" as StaticString)
        }
        json.key(dialect == .openAI || dialect == .anthropic ? "data" : "models")
        json.beginArray()
        for card in cards { card.write(dialect, &json) }
        json.endArray()
        if dialect == .anthropic {
            json.key("has_more")
            json.bool(false)
            json.key("first_id")
            if let first = cards.first { json.string(first.id) } else { json.null() }
            json.key("last_id")
            if let last = cards.last { json.string(last.id) } else { json.null() }
        }
        json.endObject()
        return json.finish()
    }

    private func write(_ dialect: Dialect, _ json: inout JSONWriter) {
        json.beginObject()
        switch dialect {
        case .openAI: writeOpenAI(&json)
        case .anthropic: writeAnthropic(&json)
        case .gemini: writeGemini(&json)
        case .cohere: writeCohere(&json)
        case .ollama: writeOllama(&json)
        }
        json.endObject()
    }

    private func writeOpenAI(_ json: inout JSONWriter) {
        json.key("id")
        json.string(id)
        json.key("object")
        json.string("model" as StaticString)
        json.key("created")
        json.int(created)
        json.key("owned_by")
        json.string(ownedBy)
        if let count = details.contextWindow { json.member("context_length", count) }
        details.writeModalities(&json)
        details.writePricing(&json)
        if details.contextWindow != nil || details.maximumOutput != nil {
            json.key("top_provider")
            json.beginObject()
            if let count = details.contextWindow { json.member("context_length", count) }
            if let count = details.maximumOutput { json.member("max_completion_tokens", count) }
            json.endObject()
        }
        details.writeParameters(&json)
    }

    private func writeAnthropic(_ json: inout JSONWriter) {
        var time = ByteWriter(capacity: 32)
        time.append(rfc3339: Timestamp(nanoseconds: created * 1_000_000_000))
        json.key("type")
        json.string("model" as StaticString)
        json.key("id")
        json.string(id)
        json.key("display_name")
        json.string(id)
        json.key("created_at")
        json.string(time.finish())
        json.key("lifecycle")
        json.string("active" as StaticString)
        if let count = details.contextWindow { json.member("max_input_tokens", count) }
        if let count = details.maximumOutput { json.member("max_tokens", count) }
        details.writePricing(&json)
    }

    private func writeGemini(_ json: inout JSONWriter) {
        var name = ByteWriter(capacity: id.count + 7)
        name.append("models/")
        name.append(id)
        json.key("name")
        json.string(name.finish())
        json.key("version")
        json.string("1" as StaticString)
        json.key("displayName")
        json.string(id)
        json.key("supportedGenerationMethods")
        json.beginArray()
        if details.abilities?.isEmbedding == true {
            json.string("embedContent" as StaticString)
            json.string("batchEmbedContents" as StaticString)
        } else {
            json.string("generateContent" as StaticString)
            json.string("countTokens" as StaticString)
        }
        json.endArray()
        if let count = details.contextWindow { json.member("inputTokenLimit", count) }
        if let count = details.maximumOutput { json.member("outputTokenLimit", count) }
        guard let abilities = details.abilities else { return }
        json.key("thinking")
        json.bool(abilities.reasoning)
    }

    private func writeCohere(_ json: inout JSONWriter) {
        json.key("name")
        json.string(id)
        json.key("endpoints")
        json.beginArray()
        let isEmbedding = details.abilities?.isEmbedding
        if isEmbedding != true { json.string("chat" as StaticString) }
        if isEmbedding != false { json.string("embed" as StaticString) }
        json.endArray()
        json.key("finetuned")
        json.bool(false)
        if let count = details.contextWindow { json.member("context_length", count) }
        details.writePricing(&json)
    }

    /// Sizes and digests are those of files, of which there are none here.
    private func writeOllama(_ json: inout JSONWriter) {
        var time = ByteWriter(capacity: 32)
        time.append(rfc3339: Timestamp(nanoseconds: created * 1_000_000_000))
        json.key("name")
        json.string(id)
        json.key("model")
        json.string(id)
        json.key("modified_at")
        json.string(time.finish())
        json.key("size")
        json.int(0)
        json.key("digest")
        json.string("" as StaticString)
        json.key("details")
        json.beginObject()
        if let count = details.contextWindow { json.member("context_length", count) }
        json.endObject()
        guard let abilities = details.abilities else { return }
        json.key("capabilities")
        json.beginArray()
        json.string(abilities.isEmbedding ? "embedding" as StaticString : "completion")
        if abilities.tools { json.string("tools" as StaticString) }
        if abilities.images { json.string("vision" as StaticString) }
        if abilities.reasoning { json.string("thinking" as StaticString) }
        json.endArray()
    }
}
