// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

extension EmbeddingFormat {
    /// Reads a provider's answer.
    public func answer(from body: Bytes) throws(ProviderError) -> EmbeddingAnswer {
        let root: JSONSlice
        do throws(JSONFault) { root = try JSONScanner.validate(body.span) } catch {
            throw .malformed(error)
        }
        guard root.kind == .object else { throw .malformed("The provider's answer is no object.") }
        var reader = EmbeddingAnswerReader(body)
        reader.read(root, self)
        guard !reader.answer.vectors.isEmpty else {
            throw .malformed("The provider's answer has no embeddings.")
        }
        return reader.answer
    }
}

/// Reads answers with embeddings.
struct EmbeddingAnswerReader {
    private let body: ChatBody
    private(set) var answer = EmbeddingAnswer()

    init(_ bytes: Bytes) { body = ChatBody(bytes) }

    mutating func read(_ root: JSONSlice, _ format: EmbeddingFormat) {
        let bytes = body.bytes
        answer.model = bytes.string("model", of: root)
        answer.id = bytes.string("id", of: root)
        switch format {
        case .openAI:
            answer.usage = body.member("usage", of: root).flatMap { Usage($0, in: bytes.span) }
            readEach(body.member("data", of: root), "embedding")
        case .geminiBatch: readEach(body.member("embeddings", of: root), "values")
        case .geminiSingle:
            let values = body.member("embedding", of: root).flatMap {
                body.member("values", of: $0)
            }
            if let values { append(values) }
        case .cohere: readCohere(root)
        case .ollama:
            if let count = body.member("prompt_eval_count", of: root)?.int(in: bytes.span) {
                answer.usage = Usage(inputTokens: count)
            }
            readList(body.member("embeddings", of: root))
        }
    }

    private mutating func append(_ value: JSONSlice) {
        let bytes = body.bytes
        if let text = EscapedText(value, in: bytes) {
            answer.vectors.append(.base64(text))
        } else if value.kind == .array {
            answer.vectors.append(.numbers(bytes[value.range]))
        }
    }

    private mutating func readEach(_ list: JSONSlice?, _ name: StaticString) {
        guard let list else { return }
        let bytes = body.bytes
        var elements = JSONElements(of: list, in: bytes.span)
        while let element = elements.next() {
            if let value = body.member(name, of: element) { append(value) }
        }
    }

    private mutating func readList(_ list: JSONSlice?) {
        guard let list else { return }
        let bytes = body.bytes
        var elements = JSONElements(of: list, in: bytes.span)
        while let element = elements.next() { append(element) }
    }

    /// `embeddings` is an object by type, and in the first version a list.
    private mutating func readCohere(_ root: JSONSlice) {
        let bytes = body.bytes
        if let embeddings = body.member("embeddings", of: root) {
            readList(body.member("float", of: embeddings) ?? embeddings)
        }
        let units = body.member("meta", of: root).flatMap { body.member("billed_units", of: $0) }
        let count = units.flatMap { body.member("input_tokens", of: $0) }?.int(in: bytes.span)
        if let count { answer.usage = Usage(inputTokens: count) }
    }
}
