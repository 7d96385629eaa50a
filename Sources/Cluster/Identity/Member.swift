// SPDX-License-Identifier: Apache-2.0
public import Core

/// What one node knows about one member.
public struct Member: Sendable {
    public let id: MemberID
    public internal(set) var standing: Standing
    /// Nil for a tombstone of a uid that we never saw alive.
    public internal(set) var profile: MemberProfile? { didSet { boot = profile?.boot } }
    /// That of the profile, apart from it, since every datagram asks for it.
    private(set) var boot: BootTime?
    /// When the status last changed here.
    public internal(set) var since: Instant
    /// The running suspicion; present exactly while the status is suspect.
    public internal(set) var suspicion: Suspicion?
    /// When it last answered a probe of ours.
    public internal(set) var lastAck: Instant?
    /// Round trip of its last answer.
    public internal(set) var roundTrip: Duration?
    /// Its local health as of its last answer.
    public internal(set) var health: UInt8 = 0
    public internal(set) var damping = FlapDamping()
    /// Place in the table's list of live peers; -1 when not there.
    var livePosition: Int32 = -1
    /// False for a tombstone near its end, which is kept but no longer told.
    var isTold = true

    init(id: MemberID, standing: Standing, profile: MemberProfile?, since: Instant) {
        self.id = id
        self.standing = standing
        self.profile = profile
        boot = profile?.boot
        self.since = since
    }

    public var status: MemberStatus { standing.status }
    public var incarnation: Incarnation { standing.incarnation }
    public var isLive: Bool { standing.isLive }

    /// The member's part in the digest of its bucket; zero for what is no longer told.
    var fingerprint: UInt64 {
        guard isTold else { return 0 }
        // Tombstones travel without their profile, so they must not differ by it. The living do:
        // who revived a bare tombstone cannot reach it, and has to learn that at an exchange.
        let edition = isLive ? profile.map { UInt64($0.version) + 1 } ?? 0 : 0
        var mixed = Digest.mix(id.rawValue, edition)
        mixed = Digest.mix(mixed, standing.incarnation.rawValue)
        return Digest.mix(mixed, UInt64(standing.status.rawValue))
    }
}
