// SPDX-License-Identifier: Apache-2.0
public import Core

/// What a member publishes about its key ring, as an application record.
public struct KeyReport: Sendable, Equatable {
    public var primary: KeyID
    public var installed: [KeyID]

    /// The key of the application record.
    public static let recordKey = "cluster.keys"

    public init(_ ring: KeyRing) {
        primary = ring.primary
        installed = ring.ids
    }

    public var encoded: Bytes {
        Bytes([primary.rawValue] + installed.map(\.rawValue))
    }

    /// Nil when the bytes are no report.
    public init?(_ bytes: Bytes) {
        guard bytes.count >= 2, bytes.count <= KeyRing.limit + 1 else { return nil }
        primary = KeyID(rawValue: bytes[0])
        installed = (1..<bytes.count).map { KeyID(rawValue: bytes[$0]) }
        guard installed.contains(primary) else { return nil }
    }
}
