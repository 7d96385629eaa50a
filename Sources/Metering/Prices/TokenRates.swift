// SPDX-License-Identifier: Apache-2.0
public import Core

/// Prices of a million tokens by kind; nil where the provider states none.
public struct TokenRates: Sendable, Equatable {
    public var input: NanoDollars
    public var output: NanoDollars
    /// As plain input where there is none.
    public var cachedInput: NanoDollars?
    /// As plain input where there is none.
    public var cacheWrite: NanoDollars?
    /// As `cacheWrite` where there is none.
    public var cacheWrite1h: NanoDollars?
    /// As output where there is none.
    public var reasoning: NanoDollars?
    /// Calls with audio cannot be priced where there is none: text is several times cheaper.
    public var audioInput: NanoDollars?
    public var audioOutput: NanoDollars?
    /// As plain input where there is none.
    public var batchInput: NanoDollars?
    /// As output where there is none.
    public var batchOutput: NanoDollars?

    public init(input: NanoDollars, output: NanoDollars = .zero) {
        self.input = input
        self.output = output
    }

    /// What a call costs at these prices; nil if it has tokens of a kind without a price.
    ///
    /// The parts are added exactly and the sum is rounded once, half a nano-dollar upwards.
    func cost(of tokens: MeteredTokens, isBatch: Bool) -> NanoDollars? {
        let plainInput = isBatch ? batchInput ?? input : input
        let plainOutput = isBatch ? batchOutput ?? output : output
        let cachedPrice = cachedInput ?? plainInput
        let writePrice = cacheWrite ?? plainInput
        let reasoningPrice = isBatch ? plainOutput : reasoning ?? output
        if tokens.audioInput > 0 && audioInput == nil { return nil }
        if tokens.audioOutput > 0 && audioOutput == nil { return nil }

        var sum = ExactSum()
        var rest = Self.bounded(tokens.input)
        rest -= sum.add(tokens.cachedInput, at: cachedPrice)
        rest -= sum.add(tokens.cacheWrite, at: writePrice)
        rest -= sum.add(tokens.cacheWrite1h, at: cacheWrite1h ?? writePrice)
        rest -= sum.add(tokens.audioInput, at: audioInput ?? .zero)
        _ = sum.add(rest, at: plainInput)
        rest = Self.bounded(tokens.output)
        rest -= sum.add(tokens.reasoning, at: reasoningPrice)
        rest -= sum.add(tokens.audioOutput, at: audioOutput ?? .zero)
        _ = sum.add(rest, at: plainOutput)
        return sum.rounded
    }

    /// Counts beyond 2^59 are not believed; eight products then fit into 128 bits.
    fileprivate static func bounded(_ count: Int) -> Int { min(max(count, 0), 1 << 59) }
}

/// Tokens times prices per million, added up without loss.
private struct ExactSum {
    private var millionths: UInt128 = 0

    /// Adds a count of tokens at a price and returns the count as it was taken.
    mutating func add(_ count: Int, at price: NanoDollars) -> Int {
        let count = TokenRates.bounded(count)
        // Prices are not negative: PriceTable and Config accept no others.
        millionths += UInt128(UInt64(count)) * UInt128(UInt64(max(price.value, 0)))
        return count
    }

    var rounded: NanoDollars {
        let scaled = millionths + 500_000
        // Nearly all sums fit into 64 bits, where dividing is ten times quicker.
        if let small = UInt64(exactly: scaled) { return NanoDollars(Int64(small / 1_000_000)) }
        return Int64(exactly: scaled / 1_000_000).map { NanoDollars($0) } ?? .max
    }
}
