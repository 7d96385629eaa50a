// SPDX-License-Identifier: Apache-2.0

/// The last 1024 counters of one sender: each is accepted once, older ones never (RFC 6479).
public struct ReplayWindow: Sendable {
    private var top: UInt64 = 0
    /// Bit `counter % 1024` tells whether that counter, within the window, was seen.
    private var seen: InlineArray<16, UInt64> = .init(repeating: 0)

    public static let width: UInt64 = 1024

    public init() {}

    /// True when the counter is neither seen nor too old. Ask before opening, note after.
    public func accepts(_ counter: UInt64) -> Bool {
        guard counter > 0 else { return false }
        if counter > top { return true }
        guard top - counter < Self.width else { return false }
        return seen[word(counter)] & bit(counter) == 0
    }

    /// Notes a counter whose datagram proved authentic.
    public mutating func note(_ counter: UInt64) {
        if counter > top {
            if counter - top >= Self.width {
                seen = .init(repeating: 0)
            } else {
                var next = top + 1
                while next < counter {
                    seen[word(next)] &= ~bit(next)
                    next += 1
                }
            }
            top = counter
        }
        seen[word(counter)] |= bit(counter)
    }

    private func word(_ counter: UInt64) -> Int { Int(counter % Self.width / 64) }
    private func bit(_ counter: UInt64) -> UInt64 { 1 << (counter % 64) }
}
