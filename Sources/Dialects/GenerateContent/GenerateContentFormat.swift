// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Gemini's `generateContent` and `streamGenerateContent`.
///
/// The model and whether to stream stand in the path: the caller of `request` fills them in.
/// Members are accepted in camelCase and snake_case alike, as the service does.
public enum GenerateContentFormat: ChatFormat {
    public static let format = WireFormat.generateContent

    /// Takes a request for an answer or for a count of tokens.
    public static func request(from body: Bytes) throws(RequestFault) -> ChatRequest {
        var reader = GenerateContentRequestReader(body)
        return try reader.read()
    }

    /// Writes a request for Gemini; throws for what it cannot express.
    public static func body(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        var writer = GenerateContentRequestWriter(request, target, notes)
        try writer.write(request)
        notes = writer.notes
        return writer.finish()
    }

    public static func answer(from body: Bytes) throws(ProviderError) -> ChatAnswer {
        try GenerateContentAnswerReader.read(body)
    }

    public static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes {
        GenerateContentAnswerWriter.write(answer, caller)
    }

    public static func error(from body: Bytes, status: Int) -> ProviderError {
        GenerateContentErrorReader.read(body, status: status)
    }

    /// Reads Gemini's streams.
    public typealias Decoder = GenerateContentStreamDecoder
    /// Writes Gemini's streams.
    public typealias Encoder = GenerateContentStreamEncoder
}

// MARK: - Counting

extension GenerateContentFormat {
    /// Writes a request for a count of tokens (`countTokens`).
    public static func countBody(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        let inner = try body(of: request, for: target, notes: &notes)
        var name = ByteWriter(capacity: 64)
        name.append("models/")
        name.append(target.model.decoded)
        var json = JSONWriter(capacity: inner.count + 96)
        json.beginObject()
        json.key("generateContentRequest")
        json.beginObject()
        json.key("model")
        json.string(name.finish())
        let fields = ChatBody(inner)
        var members = JSONMembers(in: inner.span)
        while let member = members.next() {
            if fields.isCalled(member, "model") { continue }
            json.key(EscapedText(member.key, in: inner) ?? EscapedText())
            json.raw(inner[member.value.range])
        }
        json.endObject()
        json.endObject()
        return json.finish()
    }

    /// The total of a provider's count.
    public static func count(from body: Bytes) throws(ProviderError) -> Int {
        do throws(JSONFault) {
            let root = try JSONScanner.validate(body.span)
            let value = ChatBody(body).loose("totaltokens", of: root)
            if let count = value?.int(in: body.span), count >= 0 { return count }
        } catch { throw .malformed(error) }
        throw .malformed("The provider's count of tokens has no totalTokens.")
    }

    /// The answer to a caller who asked for a count.
    public static func countAnswer(_ tokens: Int) -> Bytes {
        var json = JSONWriter(capacity: 32)
        json.beginObject()
        json.member("totalTokens", tokens)
        json.endObject()
        return json.finish()
    }
}
