// SPDX-License-Identifier: Apache-2.0
public import Core

/// Number of a cluster key, the same on all members.
public struct KeyID: Sendable, Hashable, Comparable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static func < (left: KeyID, right: KeyID) -> Bool { left.rawValue < right.rawValue }
}

/// The cluster keys a node holds: all of them open, the primary seals.
///
/// Rotation: `install` everywhere, then `use` everywhere, then `remove`; see `KeyRotation`.
public struct KeyRing: Sendable {
    private var entries: [(id: KeyID, master: Secret)]
    public private(set) var primary: KeyID

    /// Keys held at a time.
    public static let limit = 8

    public enum Fault: Error, Equatable {
        case full
        /// The id is taken by another key.
        case conflictingKey
        case unknownKey
        /// The primary key cannot be removed.
        case primaryKey
    }

    public init(primary: KeyID, master: Secret) {
        entries = [(primary, master)]
        self.primary = primary
    }

    public var ids: [KeyID] { entries.map(\.id).sorted() }

    public func master(_ id: KeyID) -> Secret? { entries.first { $0.id == id }?.master }

    /// Adds a key that opens but does not seal yet.
    public mutating func install(_ id: KeyID, _ master: Secret) throws(Fault) {
        if let held = self.master(id) {
            guard held == master else { throw .conflictingKey }
            return
        }
        guard entries.count < Self.limit else { throw .full }
        entries.append((id, master))
    }

    /// Seals with this key from now on.
    public mutating func use(_ id: KeyID) throws(Fault) {
        guard master(id) != nil else { throw .unknownKey }
        primary = id
    }

    public mutating func remove(_ id: KeyID) throws(Fault) {
        guard id != primary else { throw .primaryKey }
        guard master(id) != nil else { throw .unknownKey }
        entries.removeAll { $0.id == id }
    }
}
