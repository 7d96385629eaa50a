// SPDX-License-Identifier: Apache-2.0
internal import Core

/// One step of a member's record at one node.
public struct MemberChange: Sendable {
    public let member: MemberID
    public let name: String?
    /// Nil when the member was not known before.
    public let before: Standing?
    public let after: Standing
    public let reason: Reason
    /// Who started the suspicion, for suspect and dead.
    public let accusations: [Accusation]

    /// Bounded, for logs and metrics.
    public enum Reason: UInt8, Sendable, CaseIterable {
        /// The member said so itself.
        case announced
        /// Our own probe failed.
        case probeFailed
        /// Another member said so.
        case gossip
        /// An exchange of views said so.
        case exchange
        /// A suspicion was not refuted in time.
        case timeout
        /// A later process took the name.
        case replaced

        public var label: StaticString {
            switch self {
            case .announced: "announced"
            case .probeFailed: "probe_failed"
            case .gossip: "gossip"
            case .exchange: "exchange"
            case .timeout: "timeout"
            case .replaced: "replaced"
            }
        }
    }
}
