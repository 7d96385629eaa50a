// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Gateway

/// Leads the key ring to what the configuration wants, one safe step at a time.
///
/// A new key is installed at once; it seals when every live member holds it; an old one goes when
/// no live member has sealed with it for a while.
struct KeyKeeper {
    /// Datagrams sealed before a change may still be under way for this long.
    static let grace = Duration.seconds(3)
    /// Time between looks while a step waits.
    static let pace = Duration.milliseconds(500)

    var wanted: [Secret]
    private var idleSince: Instant?
    /// Told once per wait.
    private var toldBlocker: KeyRotation.Blocker?

    init(_ wanted: [Secret]) { self.wanted = wanted }

    /// What to do next.
    enum Step {
        case install(Secret)
        case use(KeyID)
        case remove(KeyID)
        /// Wait for a member; `isNews` when not told yet.
        case wait(KeyID, KeyRotation.Blocker, isNews: Bool)
        /// Wait until nothing under way needs an old key.
        case linger
        case done
    }

    mutating func next(_ ring: KeyRing, _ machine: MembershipMachine, now: Instant) -> Step {
        let ids = wanted.map { KeyID($0) }
        if let missing = wanted.first(where: { !ring.ids.contains(KeyID($0)) }) {
            return ring.ids.count < KeyRing.limit ? .install(missing) : .linger
        }
        guard let first = ids.first else { return .done }
        let rotation = KeyRotation(machine)
        if ring.primary != first {
            guard let blocker = rotation.blockerOfUse(first) else {
                toldBlocker = nil
                return .use(first)
            }
            return wait(first, blocker)
        }
        guard let old = ring.ids.first(where: { !ids.contains($0) }) else {
            idleSince = nil
            return .done
        }
        if let blocker = rotation.blockerOfRemoval(old) {
            idleSince = nil
            return wait(old, blocker)
        }
        let since = idleSince ?? now
        idleSince = since
        guard now - since >= Self.grace else { return .linger }
        idleSince = nil
        toldBlocker = nil
        return .remove(old)
    }

    private mutating func wait(_ id: KeyID, _ blocker: KeyRotation.Blocker) -> Step {
        let isNews = toldBlocker != blocker
        toldBlocker = blocker
        return .wait(id, blocker, isNews: isNews)
    }
}
