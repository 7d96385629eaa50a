// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// OpenAI's `POST /v1/responses`, without the state that OpenAI keeps behind it.
public enum ResponsesFormat: ChatFormat {
    /// Reads streams.
    public typealias Decoder = ResponsesDecoder
    /// Writes streams.
    public typealias Encoder = ResponsesEncoder

    public static var format: WireFormat { .responses }

    public static func request(from body: Bytes) throws(RequestFault) -> ChatRequest {
        try ResponsesRequestReader(body).read()
    }

    /// Writes a request; what the target cannot take goes by its traits.
    public static func body(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        var writer = ResponsesRequestWriter(request, target, notes)
        let body = try writer.write()
        notes = writer.allNotes
        return body
    }

    /// Reads a whole response; a failed one is an error.
    public static func answer(from body: Bytes) throws(ProviderError) -> ChatAnswer {
        let root: JSONSlice
        do throws(JSONFault) { root = try JSONScanner.validate(body.span) } catch {
            throw .malformed(error)
        }
        guard root.kind == .object else { throw .malformed("The provider's answer is no object.") }
        return try ResponsesAnswerReader(body).read(root)
    }

    /// Writes a whole answer for a caller.
    public static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes {
        ResponsesAnswerWriter(caller).body(of: answer)
    }

    public static func error(from body: Bytes, status: Int) -> ProviderError {
        OpenAIErrorReader.read(body, status: status)
    }
}
