// SPDX-License-Identifier: Apache-2.0

/// Deliberate faults of the machine; each must be caught by the simulator (a test of the tests).
public struct Mutations: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// An accused member says nothing.
    public static let neverRefutes = Mutations(rawValue: 1 << 0)
    /// A dead member's record is dropped at once.
    public static let forgetsTombstones = Mutations(rawValue: 1 << 1)
    /// The nonce counter stands still at every eighth datagram.
    public static let reusesNonce = Mutations(rawValue: 1 << 2)
    /// The replay window accepts everything.
    public static let acceptsReplays = Mutations(rawValue: 1 << 3)
    /// The largest recent count is the count of this side now.
    public static let countsOneSide = Mutations(rawValue: 1 << 4)
    /// Time lost in a stall counts against the accused.
    public static let blamesOthersForStalls = Mutations(rawValue: 1 << 5)
    /// An equal or older `alive` overrides suspicion and death.
    public static let believesStaleAlive = Mutations(rawValue: 1 << 6)
    /// Datagrams are filled without counting the envelope.
    public static let overfillsDatagrams = Mutations(rawValue: 1 << 7)
    /// Nobody looks at the seeds after the first join.
    public static let neverRejoins = Mutations(rawValue: 1 << 8)
    /// Suspicions never end.
    public static let neverDeclaresDeath = Mutations(rawValue: 1 << 9)

    /// Every single mutation with its name.
    public static let all: [(name: String, mutation: Mutations)] = [
        ("neverRefutes", .neverRefutes), ("forgetsTombstones", .forgetsTombstones),
        ("reusesNonce", .reusesNonce), ("acceptsReplays", .acceptsReplays),
        ("countsOneSide", .countsOneSide), ("blamesOthersForStalls", .blamesOthersForStalls),
        ("believesStaleAlive", .believesStaleAlive), ("overfillsDatagrams", .overfillsDatagrams),
        ("neverRejoins", .neverRejoins), ("neverDeclaresDeath", .neverDeclaresDeath),
    ]
}
