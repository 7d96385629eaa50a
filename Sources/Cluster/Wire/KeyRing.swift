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
    private var entries: [(id: KeyID, rootKey: Secret)]
    public private(set) var primary: KeyID

    /// Keys held at a time.
    public static let limit = 8

    /// Why a change of the ring is refused; the ring stays as it was.
    public enum Fault: Error, Equatable {
        case full
        /// The id is taken by another key.
        case conflictingKey
        case unknownKey
        /// The primary key cannot be removed.
        case primaryKey
    }

    public init(primary: KeyID, rootKey: Secret) {
        entries = [(primary, rootKey)]
        self.primary = primary
    }

    public var ids: [KeyID] { entries.map(\.id).sorted() }

    public func rootKey(_ id: KeyID) -> Secret? { entries.first { $0.id == id }?.rootKey }

    /// Adds a key that opens but does not seal yet.
    public mutating func install(_ id: KeyID, _ rootKey: Secret) throws(Fault) {
        if let held = self.rootKey(id) {
            guard held == rootKey else { throw .conflictingKey }
            return
        }
        guard entries.count < Self.limit else { throw .full }
        entries.append((id, rootKey))
    }

    /// Seals with this key from now on.
    public mutating func use(_ id: KeyID) throws(Fault) {
        guard rootKey(id) != nil else { throw .unknownKey }
        primary = id
    }

    public mutating func remove(_ id: KeyID) throws(Fault) {
        guard id != primary else { throw .primaryKey }
        guard rootKey(id) != nil else { throw .unknownKey }
        entries.removeAll { $0.id == id }
    }
}
