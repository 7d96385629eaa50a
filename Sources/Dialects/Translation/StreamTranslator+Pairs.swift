// SPDX-License-Identifier: Apache-2.0

extension StreamTranslator {
    /// The translator from a provider's format into a caller's.
    public static func make(
        from source: WireFormat, to format: WireFormat, for caller: CallerTraits,
        mapping: FieldMapping? = nil
    ) -> StreamTranslator {
        if let mapping, let stream = mapping.stream {
            return make(MappedStreamDecoder(mapping), stream.framing, format, caller)
        }
        return switch source {
        case .chatCompletions: make(ChatCompletionsFormat.Decoder(), .events, format, caller)
        case .responses: make(ResponsesFormat.Decoder(), .events, format, caller)
        case .messages: make(MessagesFormat.Decoder(), .events, format, caller)
        case .generateContent: make(GenerateContentFormat.Decoder(), .events, format, caller)
        case .ollamaChat: make(OllamaChatFormat.Decoder(), .lines, format, caller)
        case .cohereChat: make(CohereChatFormat.Decoder(), .events, format, caller)
        }
    }

    private static func make<Decoder: StreamDecoder>(
        _ decoder: Decoder, _ framing: StreamFraming, _ format: WireFormat,
        _ caller: CallerTraits
    ) -> StreamTranslator {
        switch format {
        case .chatCompletions:
            PairTranslator(decoder, ChatCompletionsFormat.Encoder(for: caller), format, framing)
        case .responses:
            PairTranslator(decoder, ResponsesFormat.Encoder(for: caller), format, framing)
        case .messages:
            PairTranslator(decoder, MessagesFormat.Encoder(for: caller), format, framing)
        case .generateContent:
            PairTranslator(decoder, GenerateContentFormat.Encoder(for: caller), format, framing)
        case .ollamaChat:
            PairTranslator(decoder, OllamaChatFormat.Encoder(for: caller), format, framing)
        case .cohereChat:
            PairTranslator(decoder, CohereChatFormat.Encoder(for: caller), format, framing)
        }
    }
}
