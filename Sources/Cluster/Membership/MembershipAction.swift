// SPDX-License-Identifier: Apache-2.0
public import Core

/// What the shell has to do after an input, in order.
///
/// One type for all inputs: nearly every input may cause any of these, since news ride on whatever
/// leaves next.
public enum MembershipAction: Sendable {
    /// Seal for `to` and send; a datagram that cannot be sent is dropped.
    case send(Bytes, to: MemberID, at: PeerAddress)
    /// Open a stream, send the frame, report the answer or the failure under the number.
    case open(stream: UInt64, at: PeerAddress, frame: Bytes, until: Instant)
    /// Send the last frame on the stream, then close it.
    case finish(stream: UInt64, frame: Bytes)
    /// Look up the seeds and report them through `onSeeds`.
    case resolveSeeds
    /// A member's record changed.
    case changed(MemberChange)
    /// A record was published, replaced or, without a value, removed.
    case recordChanged(RecordKey, Bytes?)
    /// Nothing is known of this uid any more: drop its keys and its replay window.
    case forgot(MemberID)
    /// The node's judgement of itself changed.
    case degraded(Bool)
    /// Whether the seeds list at least twice the members that we see alive.
    case isolated(Bool)
    /// First exchange done: the node knows the members.
    case joined
    /// Another process took our name; start anew with a later boot, or end with a clear message.
    case displaced(by: MemberID, boot: BootTime)
    /// The leave is complete; close the sockets.
    case closed
}
