// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Ollama's own `POST /api/chat`: arguments as objects, images as base64, streams of lines.
public enum OllamaChatFormat: ChatFormat {
    public static let format = WireFormat.ollamaChat

    /// Reads a request to this API.
    public static func request(from body: Bytes) throws(RequestFault) -> ChatRequest {
        var reader = OllamaRequestReader(body)
        return try reader.read()
    }

    /// Writes a request to this API.
    public static func body(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        var writer = OllamaRequestWriter(request, target, notes)
        try writer.write(request)
        notes = writer.notes
        return writer.finish()
    }

    /// Reads a whole answer.
    public static func answer(from body: Bytes) throws(ProviderError) -> ChatAnswer {
        try OllamaAnswerReader.read(body)
    }

    /// Writes a whole answer.
    public static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes {
        OllamaAnswerWriter.write(answer, caller)
    }

    /// Reads an error body; the status tells most of it.
    public static func error(from body: Bytes, status: Int) -> ProviderError {
        let facts = ErrorFacts(body)
        var kind = ProviderError.Kind.implied(by: status)
        if kind == .invalidRequest,
            facts.says("context length") || facts.says("prompt too long")
        {
            kind = .contextTooLong
        }
        return ProviderError(kind: kind, status: status, message: facts.message)
    }

    /// Reads streams.
    public typealias Decoder = OllamaStreamDecoder
    /// Writes streams.
    public typealias Encoder = OllamaStreamEncoder
}
