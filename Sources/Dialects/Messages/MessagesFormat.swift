// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Anthropic's `POST /v1/messages`, and the request of `POST /v1/messages/count_tokens`.
public enum MessagesFormat: ChatFormat {
    public static let format = WireFormat.messages

    /// Takes a request for an answer or for a count of tokens, which has no `max_tokens`.
    public static func request(from body: Bytes) throws(RequestFault) -> ChatRequest {
        var reader = MessagesRequestReader(body)
        return try reader.read()
    }

    /// Writes a request for Anthropic; throws for what it cannot express.
    public static func body(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        var writer = MessagesRequestWriter(request, target, notes)
        try writer.write(request)
        notes = writer.notes
        return writer.finish()
    }

    public static func answer(from body: Bytes) throws(ProviderError) -> ChatAnswer {
        try MessagesAnswerReader.read(body)
    }

    public static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes {
        MessagesAnswerWriter.write(answer, caller)
    }

    public static func error(from body: Bytes, status: Int) -> ProviderError {
        MessagesErrorReader.read(body, status: status)
    }

    /// Reads Anthropic's streams.
    public typealias Decoder = MessagesStreamDecoder
    /// Writes Anthropic's streams.
    public typealias Encoder = MessagesStreamEncoder
}

// MARK: - Counting

extension MessagesFormat {
    /// Writes a request for a count of tokens: no limit, no sampling, no stream.
    public static func countBody(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        var request = request
        request.maxTokens = nil
        request.sampling = Sampling()
        request.stop = []
        request.stream = false
        request.spelling.remove(.statedStream)
        var writer = MessagesRequestWriter(request, target, notes, isCount: true)
        try writer.write(request)
        notes = writer.notes
        return writer.finish()
    }

    /// The input tokens of a provider's count.
    public static func count(from body: Bytes) throws(ProviderError) -> Int {
        do throws(JSONFault) {
            let root = try JSONScanner.validate(body.span)
            let value = ChatBody(body).member("input_tokens", of: root)
            if let count = value?.int(in: body.span), count >= 0 { return count }
        } catch { throw .malformed(error) }
        throw .malformed("The provider's count of tokens has no input_tokens.")
    }

    /// The answer to a caller who asked for a count.
    public static func countAnswer(_ tokens: Int) -> Bytes {
        var json = JSONWriter(capacity: 32)
        json.beginObject()
        json.member("input_tokens", tokens)
        json.endObject()
        return json.finish()
    }
}
