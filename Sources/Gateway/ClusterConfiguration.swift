// SPDX-License-Identifier: Apache-2.0
public import Core
internal import Crypto
public import Reactor

/// How this node takes part in a cluster; without it no cluster port is opened.
public struct ClusterConfiguration: Sendable, Equatable {
    /// Clusters with other names do not hear each other, whatever their keys.
    public var name = "apus"
    /// Address that others reach this node at, as `HOST:PORT`; nil for the one listened on.
    public var advertise: String?
    /// Where to look for other nodes, for ever; names are looked up each time.
    public var join: [HostPort] = []
    /// Root keys of 32 bytes; all of them open, the first one seals.
    public var keys: [Secret] = []

    /// Where a node of a cluster listens unless told otherwise.
    public static let listen = "0.0.0.0:7946"
    public static let keyLength = 32

    public init() {}

    /// The number under which a key travels: the same on all nodes, whatever the order of keys.
    public static func number(of key: Secret) -> UInt8 {
        var hasher = SHA256Hasher()
        hasher.update(Bytes("apus cluster key number").span)
        hasher.update(key.reveal().span)
        return UInt8(truncatingIfNeeded: hasher.finish().leadingWord >> 56)
    }
}
