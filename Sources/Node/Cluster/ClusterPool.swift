// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// The two pools that share a node's cluster port: that of its region, and that of the bridges.
enum ClusterPool {
    case region
    case wide

    /// The pool that a datagram or frame claims to belong to; its key will tell.
    init(of message: Bytes) { self = Envelope.isWide(message) ? .wide : .region }
}
