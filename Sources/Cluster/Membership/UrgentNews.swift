// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Encoded news that leave at the end of the current input instead of waiting for the gossip.
struct UrgentNews: Sendable {
    /// Our own: to all members, or to some when there are many.
    var originated: [Bytes] = []
    /// Of others: to a few random peers.
    var forwarded: [Bytes] = []

    var isEmpty: Bool { originated.isEmpty && forwarded.isEmpty }

    /// Members to which the originator itself tells everything.
    static let originatorReach = 32
    /// Members to which a leaving node says good-bye itself.
    static let farewellReach = 64
}
