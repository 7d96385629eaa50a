// SPDX-License-Identifier: Apache-2.0

/// The tokens of one call by what they cost; a part is always contained in its whole.
///
/// This is OpenAI's way of counting. Who counts the parts beside the whole, as Anthropic does with
/// cached input, adds them up before. Negative counts are taken as none.
public struct MeteredTokens: Sendable, Equatable {
    /// All input, with the four parts below.
    public var input = 0
    /// Input read from the provider's prompt cache.
    public var cachedInput = 0
    /// Input written to the prompt cache for the usual time (five minutes).
    public var cacheWrite = 0
    /// Input written to the prompt cache for an hour.
    public var cacheWrite1h = 0
    public var audioInput = 0
    /// All output, with the two parts below.
    public var output = 0
    public var reasoning = 0
    public var audioOutput = 0

    public init(input: Int = 0, output: Int = 0) {
        self.input = input
        self.output = output
    }
}
