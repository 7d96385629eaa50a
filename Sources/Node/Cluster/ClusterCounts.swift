// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// What the cluster's shell has sent, received and dropped so far.
struct ClusterCounts {
    var sentBytes = 0
    var receivedBytes = 0
    private var faults: [Int] = Array(repeating: 0, count: Fault.allCases.count)

    /// Why a stream was given up, beyond what the gate counts.
    enum Fault: UInt8, CaseIterable {
        /// A frame too long for its place, or an empty one.
        case frameLength
        /// Whoever answered does not speak this protocol.
        case notOurs
        /// The acceptor speaks no version of ours.
        case version
        /// The acceptor seals with a key that we do not hold.
        case foreignKey
        /// More streams than may be open; the oldest that has not shown a key was closed.
        case crowded

        var label: StaticString {
            switch self {
            case .frameLength: "frame_length"
            case .notOurs: "not_apus"
            case .version: "stream_version"
            case .foreignKey: "stream_key"
            case .crowded: "crowded"
            }
        }
    }

    subscript(fault: Fault) -> Int {
        get { faults[Int(fault.rawValue)] }
        set { faults[Int(fault.rawValue)] = newValue }
    }

    /// Every reason with its count: of the gate, the streams and the machine.
    func drops(
        _ gate: DatagramGate, _ wide: WideShell, _ refusals: MembershipMachine.Refusals
    ) -> [(reason: StaticString, count: Int)] {
        let former = wide.formerDrops
        return DropReason.allCases.map { reason in
            let past = former[Int(reason.rawValue)]
            return (reason.label, gate.dropCount(reason) + wide.gate.dropCount(reason) + past)
        }
            + Fault.allCases.map { ($0.label, self[$0]) } + [
                ("malformed", refusals.malformed), ("too_many_members", refusals.strangers),
                ("too_many_records", refusals.records), ("too_many_relays", refusals.relays),
            ]
    }
}
