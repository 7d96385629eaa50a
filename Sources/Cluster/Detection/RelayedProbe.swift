// SPDX-License-Identifier: Apache-2.0
internal import Core

/// A probe that we run for another member, which waits for our word.
struct RelayedProbe: Sendable {
    /// Our own number, which the target will repeat.
    let sequence: UInt32
    let target: MemberID
    let requester: MemberID
    let requesterSequence: UInt32
    let nackAt: Instant
    let expiresAt: Instant
    var nacked = false

    /// Probes run for others at a time; further requests are dropped.
    static let limit = 128

    var deadline: Instant { nacked ? expiresAt : nackAt }
}
