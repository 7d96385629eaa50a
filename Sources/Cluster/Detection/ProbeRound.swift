// SPDX-License-Identifier: Apache-2.0
internal import Core

/// One probe period: a direct ping, then helpers and a stream beside it, then a verdict.
struct ProbeRound: Sendable {
    let target: MemberID
    let sequence: UInt32
    let startedAt: Instant
    /// When silence brings in the helpers.
    let helpAt: Instant
    let endsAt: Instant
    var stage = Stage.direct
    var helpers: UInt8 = 0
    var nacks: UInt8 = 0
    /// True when this node was stalled meanwhile: silence then proves nothing.
    var isTainted = false

    enum Stage: Sendable {
        /// Waits for the direct answer. Successors: indirect, answered.
        case direct
        /// Waits for anybody's answer. Successor: answered.
        case indirect
        /// Waits for the end of the period.
        case answered
    }

    /// When the round needs attention next.
    var deadline: Instant { stage == .direct ? helpAt : endsAt }

    /// Change of local health at the end without an answer (Lifeguard IV-A).
    var penalty: Int { helpers == 0 ? 1 : Int(helpers) - Int(nacks) }
}
