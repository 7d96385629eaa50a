// SPDX-License-Identifier: Apache-2.0
internal import Core

/// When each duty of a machine is due next.
struct Schedule: Sendable {
    /// The next round, while none is running.
    var probe = Instant.distantFuture
    var gossip = Instant.distantFuture
    var exchange = Instant.distantFuture
    var rejoin = Instant.distantFuture
    var chores = Instant.distantFuture
    /// The next word to a member that died lately.
    var knock = Instant.distantFuture
    /// No suspicion ends before; may be too early, never too late.
    var suspicion = Instant.distantFuture
    /// No relayed probe needs attention before.
    var relay = Instant.distantFuture

    func earliest(probe: Instant) -> Instant {
        min(
            min(min(probe, gossip), min(exchange, rejoin)),
            min(min(chores, suspicion), min(relay, knock)))
    }
}
