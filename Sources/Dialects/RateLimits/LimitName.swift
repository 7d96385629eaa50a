// SPDX-License-Identifier: Apache-2.0
import Core

/// What a rate-limit field is about, read from the words of its name in any order.
///
/// Seen: `limit-requests`, `requests-limit`, `input-tokens-remaining`, `reset-tokens-minute`,
/// `limit-req-10-second`, `limit-tokens-prompt`, and `limit` alone.
struct LimitName {
    enum Quantity { case limit, remaining, reset }
    enum Subject { case requests, tokens, inputTokens, outputTokens }

    private(set) var quantity = Quantity.limit
    private(set) var subject = Subject.requests
    /// Seconds; 0 if the name does not tell.
    private(set) var window = 0

    /// Nil for names that tell no limit, such as `tokens-query-cost`.
    init?(_ name: Span<UInt8>) {
        var quantity: Quantity?
        var number = 1
        var start = 0
        while start <= name.count {
            let end = name.firstIndex(of: UInt8(ascii: "-"), from: start) ?? name.count
            let word = name.extracting(start..<end)
            start = end + 1
            if let found = Self.quantity(word) {
                quantity = found
            } else if let seconds = Self.seconds(word) {
                window = seconds * number
            } else if let count = word.decimal, 1...1000 ~= count {
                number = count
            } else if !take(subject: word) {
                return nil
            }
        }
        guard let quantity else { return nil }
        self.quantity = quantity
    }

    private static func quantity(_ word: Span<UInt8>) -> Quantity? {
        if word.equalsIgnoringCase("limit") { return .limit }
        if word.equalsIgnoringCase("remaining") { return .remaining }
        return word.equalsIgnoringCase("reset") ? .reset : nil
    }

    private static func seconds(_ word: Span<UInt8>) -> Int? {
        if word.equalsIgnoringCase("second") { return 1 }
        if word.equalsIgnoringCase("minute") { return 60 }
        if word.equalsIgnoringCase("hour") { return 3600 }
        if word.equalsIgnoringCase("day") { return 86_400 }
        return word.equalsIgnoringCase("month") ? 2_592_000 : nil
    }

    private mutating func take(subject word: Span<UInt8>) -> Bool {
        if word.equalsIgnoringCase("requests") || word.equalsIgnoringCase("req") {
            subject = .requests
        } else if word.equalsIgnoringCase("tokens") {
            if subject == .requests { subject = .tokens }
        } else if word.equalsIgnoringCase("input") || word.equalsIgnoringCase("prompt") {
            subject = .inputTokens
        } else if word.equalsIgnoringCase("output") || word.equalsIgnoringCase("generated") {
            subject = .outputTokens
        } else {
            return false
        }
        return true
    }
}
