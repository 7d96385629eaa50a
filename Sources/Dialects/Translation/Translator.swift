// SPDX-License-Identifier: Apache-2.0
public import Core

/// Chats from one wire format into another, the format chosen at run time.
public enum Translator {
    /// Reads a caller's request.
    public static func request(
        _ body: Bytes, in format: WireFormat
    ) throws(RequestFault) -> ChatRequest {
        switch format {
        case .chatCompletions: try ChatCompletionsFormat.request(from: body)
        case .responses: try ResponsesFormat.request(from: body)
        case .messages: try MessagesFormat.request(from: body)
        case .generateContent: try GenerateContentFormat.request(from: body)
        case .ollamaChat: try OllamaChatFormat.request(from: body)
        case .cohereChat: try CohereChatFormat.request(from: body)
        }
    }

    /// Writes a request for a provider.
    public static func body(
        of request: ChatRequest, in format: WireFormat, for target: TargetTraits,
        notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        switch format {
        case .chatCompletions:
            try ChatCompletionsFormat.body(of: request, for: target, notes: &notes)
        case .responses: try ResponsesFormat.body(of: request, for: target, notes: &notes)
        case .messages: try MessagesFormat.body(of: request, for: target, notes: &notes)
        case .generateContent:
            try GenerateContentFormat.body(of: request, for: target, notes: &notes)
        case .ollamaChat: try OllamaChatFormat.body(of: request, for: target, notes: &notes)
        case .cohereChat: try CohereChatFormat.body(of: request, for: target, notes: &notes)
        }
    }

    /// Reads a provider's whole answer.
    public static func answer(
        _ body: Bytes, in format: WireFormat
    ) throws(ProviderError) -> ChatAnswer {
        switch format {
        case .chatCompletions: try ChatCompletionsFormat.answer(from: body)
        case .responses: try ResponsesFormat.answer(from: body)
        case .messages: try MessagesFormat.answer(from: body)
        case .generateContent: try GenerateContentFormat.answer(from: body)
        case .ollamaChat: try OllamaChatFormat.answer(from: body)
        case .cohereChat: try CohereChatFormat.answer(from: body)
        }
    }

    /// Writes a whole answer for a caller.
    public static func body(
        of answer: ChatAnswer, in format: WireFormat, for caller: CallerTraits
    ) -> Bytes {
        switch format {
        case .chatCompletions: ChatCompletionsFormat.body(of: answer, for: caller)
        case .responses: ResponsesFormat.body(of: answer, for: caller)
        case .messages: MessagesFormat.body(of: answer, for: caller)
        case .generateContent: GenerateContentFormat.body(of: answer, for: caller)
        case .ollamaChat: OllamaChatFormat.body(of: answer, for: caller)
        case .cohereChat: CohereChatFormat.body(of: answer, for: caller)
        }
    }

    /// What of a whole answer a caller's format has no place for.
    public static func losses(of answer: ChatAnswer, in format: WireFormat) -> TranslationNotes {
        var losses = AnswerLosses(in: format)
        losses.take(answer)
        return losses.notes
    }

    /// Reads a provider's error body, whatever its shape.
    public static func error(
        _ body: Bytes, status: Int, in format: WireFormat
    ) -> ProviderError {
        switch format {
        case .chatCompletions: ChatCompletionsFormat.error(from: body, status: status)
        case .responses: ResponsesFormat.error(from: body, status: status)
        case .messages: MessagesFormat.error(from: body, status: status)
        case .generateContent: GenerateContentFormat.error(from: body, status: status)
        case .ollamaChat: OllamaChatFormat.error(from: body, status: status)
        case .cohereChat: CohereChatFormat.error(from: body, status: status)
        }
    }
}
