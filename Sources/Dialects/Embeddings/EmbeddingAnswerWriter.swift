// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

extension EmbeddingFormat {
    /// Writes an answer for a caller, the vectors in the form that was asked for.
    public func body(
        of answer: EmbeddingAnswer, encoding: EmbeddingEncoding, for caller: CallerTraits
    ) -> Bytes {
        var json = JSONWriter(capacity: 4096)
        let writer = EmbeddingAnswerWriter(answer: answer, caller: caller)
        json.beginObject()
        switch self {
        case .openAI: writer.writeOpenAI(encoding, &json)
        case .geminiBatch: writer.writeGemini(&json)
        case .geminiSingle: writer.writeGeminiSingle(&json)
        case .cohere: writer.writeCohere(&json)
        case .ollama: writer.writeOllama(&json)
        }
        json.endObject()
        return json.finish()
    }
}

/// Writes answers with embeddings, inside an object that is open.
struct EmbeddingAnswerWriter {
    let answer: EmbeddingAnswer
    let caller: CallerTraits

    func writeOpenAI(_ encoding: EmbeddingEncoding, _ json: inout JSONWriter) {
        json.member("object", "list")
        json.key("data")
        json.beginArray()
        for (index, vector) in answer.vectors.enumerated() {
            json.beginObject()
            json.member("object", "embedding")
            json.member("index", index)
            json.key("embedding")
            write(vector, encoding, &json)
            json.endObject()
        }
        json.endArray()
        json.member("model", answer.model ?? caller.model)
        json.key("usage")
        json.beginObject()
        let count = answer.usage?.inputTokens ?? 0
        json.member("prompt_tokens", count)
        json.member("total_tokens", answer.usage?.totalTokens ?? count)
        json.endObject()
    }

    private func write(
        _ vector: EmbeddingVector, _ encoding: EmbeddingEncoding, _ json: inout JSONWriter
    ) {
        switch (vector, encoding) {
        case (.numbers(let list), .float): json.raw(list)
        case (.numbers(let list), .base64): json.string(FloatText.base64(list))
        case (.base64(let text), .base64): json.string(text)
        case (.base64(let text), .float): json.raw(FloatText.numbers(text) ?? "[]")
        }
    }

    private func writeVectors(_ json: inout JSONWriter) {
        json.beginArray()
        for vector in answer.vectors { write(vector, .float, &json) }
        json.endArray()
    }

    func writeGemini(_ json: inout JSONWriter) {
        json.key("embeddings")
        json.beginArray()
        for vector in answer.vectors { writeValues(vector, &json) }
        json.endArray()
    }

    func writeGeminiSingle(_ json: inout JSONWriter) {
        json.key("embedding")
        writeValues(answer.vectors.first ?? .numbers("[]"), &json)
    }

    private func writeValues(_ vector: EmbeddingVector, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("values")
        write(vector, .float, &json)
        json.endObject()
    }

    func writeCohere(_ json: inout JSONWriter) {
        json.member("id", answer.id ?? caller.itemID("emb_", 0))
        json.member("response_type", "embeddings_by_type")
        json.key("embeddings")
        json.beginObject()
        json.key("float")
        writeVectors(&json)
        json.endObject()
        guard let count = answer.usage?.inputTokens else { return }
        json.key("meta")
        json.beginObject()
        json.key("billed_units")
        json.beginObject()
        json.member("input_tokens", count)
        json.endObject()
        json.endObject()
    }

    func writeOllama(_ json: inout JSONWriter) {
        json.member("model", answer.model ?? caller.model)
        json.key("embeddings")
        writeVectors(&json)
        if let count = answer.usage?.inputTokens { json.member("prompt_eval_count", count) }
    }
}
