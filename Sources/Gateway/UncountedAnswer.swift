// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Metering

/// An answer whose provider told no usage, as far as its length can be guessed.
enum UncountedAnswer {
    /// Pieces of a stream, each of at least a token, and the bytes of their text.
    case pieces(count: Int, bytes: Int)
    /// A stream whose tokens were counted as it passed.
    case counted(Int)
    /// A whole answer as it came.
    case body(Bytes, WireFormat)
    /// A whole answer that was read.
    case chat(ChatAnswer)

    /// About how many tokens the answer has, by the tokenizer of a model where its text is here.
    func tokens(model: Bytes) -> Int {
        switch self {
        case .pieces(let count, let bytes):
            return max(count, TokenEstimate(byteCount: bytes).tokens)
        case .counted(let tokens): return tokens
        case .body(let body, let format):
            if let answer = try? Translator.answer(body, in: format) {
                return Self.chat(answer).tokens(model: model)
            }
            return TokenEstimate(byteCount: body.count).tokens
        case .chat(let answer):
            var count = TokenCount(model: model)
            for choice in answer.choices {
                for part in choice.parts { count.add(part) }
            }
            return count.tokens
        }
    }
}

extension Usage {
    /// An estimate of a call whose provider told nothing.
    ///
    /// With the model's tokenizer if `isExact`, else by its length alone.
    init(
        estimating answer: UncountedAnswer, to request: borrowing InferenceRequest, model: Bytes,
        isExact: Bool
    ) {
        self.init(
            inputTokens: isExact
                ? TokenCount.input(of: request, model: model)
                : TokenCount.roughInput(of: request))
        // Vectors are no tokens.
        if request.operation.embeddingFormat == nil {
            outputTokens = answer.tokens(model: model)
        }
    }
}
