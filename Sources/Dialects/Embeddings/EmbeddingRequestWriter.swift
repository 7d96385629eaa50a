// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

extension EmbeddingFormat {
    /// Writes a request for a provider; throws when the format cannot express it.
    public func body(
        of request: EmbeddingRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        var writer = EmbeddingRequestWriter(format: self, request: request, target: target)
        let body = try writer.write()
        for path in writer.notes.dropped { notes.drop(path) }
        return body
    }
}

/// Writes requests for embeddings.
struct EmbeddingRequestWriter {
    let format: EmbeddingFormat
    let request: EmbeddingRequest
    let target: TargetTraits
    private(set) var notes = TranslationNotes()

    init(format: EmbeddingFormat, request: EmbeddingRequest, target: TargetTraits) {
        self.format = format
        self.request = request
        self.target = target
    }

    mutating func write() throws(RequestFault) -> Bytes {
        var json = JSONWriter(capacity: 512)
        try settleExtras()
        switch format {
        case .openAI: writeOpenAI(&json)
        case .geminiSingle:
            guard request.inputs.count == 1 else {
                throw .invalid("input", " must be one text for the model's provider.")
            }
            try writeGemini(request.inputs[0], 0, &json)
        case .geminiBatch:
            json.beginObject()
            json.key("requests")
            json.beginArray()
            for (index, input) in request.inputs.enumerated() {
                try writeGemini(input, index, &json)
            }
            json.endArray()
            json.endObject()
        case .cohere: try writeCohere(&json)
        case .ollama: try writeOllama(&json)
        }
        return json.finish()
    }

    /// What only the caller's format knows goes by the route's policy.
    private mutating func settleExtras() throws(RequestFault) {
        guard format != .openAI || request.extras.origin == nil else { return }
        for member in request.extras.members where !member.value.span.equals("null") {
            guard target.unknownFields != .reject else {
                throw .unsupported(member.name.decoded)
            }
            notes.drop(member.name.decoded)
        }
    }

    private func text(
        _ input: EmbeddingInput, _ index: Int
    ) throws(RequestFault) -> EscapedText {
        if case .text(let text) = input { return text }
        throw .invalid(
            .path("input", index), " is a list of tokens; the model's provider takes text alone.")
    }

    private func writeOpenAI(_ json: inout JSONWriter) {
        json.beginObject()
        json.member("model", target.model)
        json.key("input")
        if !request.isPlain { json.beginArray() }
        for input in request.inputs {
            switch input {
            case .text(let text): json.string(text)
            case .tokens(let list): json.raw(list)
            }
        }
        if !request.isPlain { json.endArray() }
        if let count = request.dimensions { json.member("dimensions", count) }
        if request.statesEncoding {
            json.member("encoding_format", request.encoding == .base64 ? "base64" : "float")
        }
        if let user = request.user { json.member("user", user) }
        if request.extras.origin == .chatCompletions { json.members(request.extras) }
        json.endObject()
    }

    private func writeGemini(
        _ input: EmbeddingInput, _ index: Int, _ json: inout JSONWriter
    ) throws(RequestFault) {
        let text = try text(input, index)
        json.beginObject()
        json.member("model", EscapedText("models/") + target.model)
        json.key("content")
        json.beginObject()
        json.key("parts")
        json.beginArray()
        json.beginObject()
        json.member("text", text)
        json.endObject()
        json.endArray()
        json.endObject()
        if let count = request.dimensions { json.member("outputDimensionality", count) }
        if let task = request.task { json.member("taskType", Self.geminiTask(task)) }
        json.endObject()
    }

    private func writeCohere(_ json: inout JSONWriter) throws(RequestFault) {
        json.beginObject()
        json.member("model", target.model)
        json.key("texts")
        json.beginArray()
        for (index, input) in request.inputs.enumerated() { json.string(try text(input, index)) }
        json.endArray()
        // Cohere demands a purpose; OpenAI's callers have none to give.
        json.member(
            "input_type", request.task.map(Self.cohereTask) ?? EscapedText("search_document"))
        json.member("embedding_types", raw: "[\"float\"]")
        if let count = request.dimensions { json.member("output_dimension", count) }
        json.endObject()
    }

    private mutating func writeOllama(_ json: inout JSONWriter) throws(RequestFault) {
        json.beginObject()
        json.member("model", target.model)
        json.key("input")
        json.beginArray()
        for (index, input) in request.inputs.enumerated() { json.string(try text(input, index)) }
        json.endArray()
        if let count = request.dimensions { json.member("dimensions", count) }
        if request.task != nil { notes.drop("input_type" as StaticString) }
        json.endObject()
    }

    private static func geminiTask(_ task: EscapedText) -> EscapedText {
        if task.equals("search_document") { return EscapedText("RETRIEVAL_DOCUMENT") }
        if task.equals("search_query") { return EscapedText("RETRIEVAL_QUERY") }
        if task.equals("classification") { return EscapedText("CLASSIFICATION") }
        if task.equals("clustering") { return EscapedText("CLUSTERING") }
        return task
    }

    private static func cohereTask(_ task: EscapedText) -> EscapedText {
        if task.equals("RETRIEVAL_DOCUMENT") { return EscapedText("search_document") }
        if task.equals("RETRIEVAL_QUERY") || task.equals("QUESTION_ANSWERING") {
            return EscapedText("search_query")
        }
        if task.equals("CLASSIFICATION") { return EscapedText("classification") }
        if task.equals("CLUSTERING") || task.equals("SEMANTIC_SIMILARITY") {
            return EscapedText("clustering")
        }
        return task
    }
}
