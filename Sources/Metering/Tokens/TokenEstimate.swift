// SPDX-License-Identifier: Apache-2.0

/// A number of tokens where no provider has counted them.
public struct TokenEstimate: Sendable, Equatable {
    public let tokens: Int
    /// Whether the model's own tokenizer counted; its provider may still add tokens of its own.
    public let isOwnTokenizer: Bool

    /// What OpenAI's cookbook adds for each message of a chat: its role and its marks.
    public static let tokensPerMessage = 3
    /// What it adds once, for the beginning of the answer.
    public static let tokensPerAnswer = 3

    /// Counts with the model's tokenizer, or with o200k's where that is not public.
    public init(of text: Span<UInt8>, model: String) {
        self.init(of: text, encoding: TokenEncoding(model: model))
    }

    /// The same with the encoding looked up beforehand; nil stands for a tokenizer not public.
    public init(of text: Span<UInt8>, encoding: TokenEncoding?) {
        tokens = Tokenizer.shared(encoding ?? .o200k).count(text)
        isOwnTokenizer = encoding != nil
    }

    /// A guess by length alone, four bytes a token, rounded up; unpacks no vocabulary.
    public init(byteCount: Int) {
        precondition(byteCount >= 0)
        tokens = byteCount / 4 + (byteCount % 4 == 0 ? 0 : 1)
        isOwnTokenizer = false
    }
}
