// SPDX-License-Identifier: Apache-2.0

/// Why a datagram or frame was dropped before the machine saw it.
public enum DropReason: UInt8, Error, Sendable, CaseIterable {
    case truncated
    case oversized
    case version
    /// Sealed for another cluster, by its label.
    case foreignCluster
    case unknownKey
    /// No live or dead member has this uid; its key cannot be derived.
    case unknownSender
    /// Wrong key, wrong receiver, or altered on the way.
    case notAuthentic
    case replayed

    public var label: StaticString {
        switch self {
        case .truncated: "truncated"
        case .oversized: "oversized"
        case .version: "version"
        case .foreignCluster: "foreign_cluster"
        case .unknownKey: "unknown_key"
        case .unknownSender: "unknown_sender"
        case .notAuthentic: "not_authentic"
        case .replayed: "replayed"
        }
    }
}
