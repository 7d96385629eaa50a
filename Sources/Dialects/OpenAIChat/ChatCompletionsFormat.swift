// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// OpenAI's chat completions, and what compatible providers made of them.
public enum ChatCompletionsFormat: ChatFormat {
    /// Reads streams.
    public typealias Decoder = ChatCompletionsDecoder
    /// Writes streams.
    public typealias Encoder = ChatCompletionsEncoder

    public static var format: WireFormat { .chatCompletions }

    public static func request(from body: Bytes) throws(RequestFault) -> ChatRequest {
        var reader = ChatCompletionsRequestReader(body)
        return try reader.read()
    }

    /// Writes a request; what the target cannot take goes by its traits.
    public static func body(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        var writer = ChatCompletionsRequestWriter(request, target, notes)
        let body = try writer.write()
        notes = writer.allNotes
        return body
    }

    public static func answer(from body: Bytes) throws(ProviderError) -> ChatAnswer {
        try ChatCompletionsAnswerReader.read(body)
    }

    /// Writes a whole answer for a caller.
    public static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes {
        ChatCompletionsAnswerWriter(answer, caller).write(answer)
    }

    public static func error(from body: Bytes, status: Int) -> ProviderError {
        OpenAIErrorReader.read(body, status: status)
    }
}
