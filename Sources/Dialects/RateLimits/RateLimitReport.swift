// SPDX-License-Identifier: Apache-2.0
public import Core
public import HTTP

/// What a provider's answer says of its limits, whichever way the provider writes them.
public struct RateLimitReport: Sendable, Equatable {
    /// One limit: what is allowed in its window, what is left, and when it is full again.
    public struct Allowance: Sendable, Equatable {
        public var limit: Int?
        public var remaining: Int?
        public var resetAfter: Nanoseconds?
        /// The window's length in seconds where the name tells it; the shortest one wins.
        fileprivate var window = 0

        public init() {}

        /// Whether something is known.
        public var isKnown: Bool { limit != nil || remaining != nil || resetAfter != nil }
    }

    public var requests = Allowance()
    /// Input and output together, where the provider counts them so.
    public var tokens = Allowance()
    public var inputTokens = Allowance()
    public var outputTokens = Allowance()
    /// How long to wait before the next try.
    public var retryAfter: Nanoseconds?
    /// What the provider advises by `x-should-retry`.
    public var shouldRetry: Bool?

    public init() {}

    /// Reads the fields of an answer; dates are turned into times from `now` on.
    public init(_ fields: FieldTable, now: Timestamp) {
        for index in 0..<fields.count {
            take(fields.nameSpan(at: index), fields.valueSpan(at: index), now: now)
        }
    }

    /// Takes what an error's body says of waiting, if the fields said nothing.
    public mutating func take(_ error: ProviderError) {
        retryAfter = retryAfter ?? error.retryAfter
    }

    /// Takes one field, if it is about limits.
    public mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>, now: Timestamp) {
        guard name.count >= 11 else { return }
        switch name[0] | 0x20 {
        case UInt8(ascii: "x"):
            if name.equalsIgnoringCase("x-should-retry") {
                if value.equalsIgnoringCase("true") { shouldRetry = true }
                if value.equalsIgnoringCase("false") { shouldRetry = false }
            } else if name.hasPrefixIgnoringCase("x-ratelimit-") {
                takeLimit(name.extracting(12..<name.count), value, now: now)
            }
        case UInt8(ascii: "a"):
            if name.hasPrefixIgnoringCase("anthropic-ratelimit-") {
                takeLimit(name.extracting(20..<name.count), value, now: now)
            }
        case UInt8(ascii: "r"):
            if name.equalsIgnoringCase("retry-after-ms") {
                retryAfter = value.milliseconds ?? retryAfter
            } else if name.equalsIgnoringCase("retry-after") {
                // Milliseconds are the finer statement, whichever comes first.
                retryAfter = retryAfter ?? value.wait(now: now)
            } else if name.hasPrefixIgnoringCase("ratelimit-") {
                takeLimit(name.extracting(10..<name.count), value, now: now)
            }
        default: break
        }
    }

    private mutating func takeLimit(
        _ rest: Span<UInt8>, _ value: Span<UInt8>, now: Timestamp
    ) {
        guard let name = LimitName(rest) else { return }
        switch name.subject {
        case .requests: requests.set(name, value, now: now)
        case .tokens: tokens.set(name, value, now: now)
        case .inputTokens: inputTokens.set(name, value, now: now)
        case .outputTokens: outputTokens.set(name, value, now: now)
        }
    }
}

extension RateLimitReport.Allowance {
    fileprivate mutating func set(_ name: LimitName, _ value: Span<UInt8>, now: Timestamp) {
        if isKnown, name.window > window { return }
        if name.window < window { self = Self() }
        let count = value.decimal
        let wait = name.quantity == .reset ? value.wait(now: now) : nil
        guard count != nil || wait != nil else { return }
        window = name.window
        switch name.quantity {
        case .limit: limit = count
        case .remaining: remaining = count
        case .reset: resetAfter = wait
        }
    }
}
