// SPDX-License-Identifier: Apache-2.0
public import Core

/// SWIM with Lifeguard as a pure value: inputs and the time go in, actions come out.
///
/// A node probes one peer per period. Silence brings in helpers and a stream; after that the peer
/// is suspect, and dead unless it refutes by raising its incarnation. News ride on the datagrams
/// that leave anyway; exchanges of digests repair what gossip missed. Invariants: a standing never
/// decreases; nobody but the subject raises an incarnation; nobody is killed by time in which this
/// node itself could not listen.
public struct MembershipMachine: Sendable {
    public let id: MemberID
    public let settings: ClusterSettings
    var generator: SeededGenerator
    var table: MemberTable
    var records = RecordTable()
    var recordSequence: UInt64 = 0
    var queue = BroadcastQueue()
    var health = LocalHealth()
    var latency = ZoneLatency()
    var peak = RecentPeak()
    var probes = ProbeList()
    var round: ProbeRound?
    var sequence: UInt32
    var relays: [RelayedProbe] = []
    /// Members under suspicion, unordered; their timers are in their records.
    var suspects: [MemberID] = []
    var streams: [OpenStream] = []
    var streamNumber: UInt64 = 0
    var phase = Phase.idle
    var schedule: Schedule
    var urgentNews = UrgentNews()
    var joinAttempts = 0
    /// Exchanges still to be made in quick succession, after something was found to repair.
    var repairs = 0
    /// Until then the lately dead are told of their death every second.
    var knockUntil: Instant
    var isIsolated = false
    var isDegraded = false
    /// Time up to which stalls have been accounted for.
    var stallsNotedUntil: Instant
    /// Answers to outdated news that this input may still send.
    var answersLeft = 0
    var output: [MembershipAction] = []
    /// Counts of what was refused, for metrics.
    public internal(set) var refusals = Refusals()

    /// Life of a node in the cluster.
    enum Phase: Sendable, Equatable {
        /// Not started. Successor: joining.
        case idle
        /// Started, knows nobody yet. Successors: member, leaving, ended.
        case joining
        /// Takes part. Successors: leaving, ended.
        case member
        /// Said good-bye, answers until then. Successor: ended.
        case leaving(until: Instant)
        /// Does nothing any more.
        case ended
    }

    /// Input that was dropped, by reason.
    public struct Refusals: Sendable, Equatable {
        public internal(set) var malformed = 0
        public internal(set) var strangers = 0
        public internal(set) var records = 0
        public internal(set) var relays = 0
    }

    /// A node that knows itself only; `seed` decides all its later choices.
    public init(
        id: MemberID, profile: MemberProfile, settings: ClusterSettings, seed: UInt64, now: Instant
    ) {
        self.id = id
        self.settings = settings
        generator = SeededGenerator(seed: seed)
        sequence = UInt32(truncatingIfNeeded: generator.next())
        let record = Member(
            id: id, standing: Standing(.alive, .zero), profile: profile, since: now)
        table = MemberTable(selfRecord: record)
        table.claimName(profile.name, for: id)
        schedule = Schedule()
        stallsNotedUntil = now
        knockUntil = now
        peak.note(1, now: now)
    }

    /// Begins to probe and looks for the seeds.
    public mutating func start(now: Instant) -> [MembershipAction] {
        precondition(phase == .idle, "a machine starts once")
        phase = .joining
        // A random phase keeps nodes that start together from probing together.
        schedule.probe = now + randomPart(of: settings.probePeriod)
        schedule.rejoin = now
        schedule.exchange = now + randomPart(of: exchangePeriod)
        schedule.chores = now + Self.choresPeriod
        stallsNotedUntil = now
        return end(now)
    }

    /// The next time `onTimer` must be called; a later call counts as a stall of this node.
    public internal(set) var deadline = Instant.distantFuture

    /// Does what is due. After a pause the shell first hands in what the socket has received.
    public mutating func onTimer(now: Instant) -> [MembershipAction] {
        guard begin(now) else { return [] }
        if case .leaving(let until) = phase, now >= until {
            phase = .ended
            output.append(.closed)
            return end(now)
        }
        if now >= schedule.suspicion { expireSuspicions(now) }
        stepProbe(now)
        stepRelays(now)
        if now >= schedule.gossip { gossip(now) }
        if now >= schedule.exchange { beginExchange(now) }
        if now >= schedule.rejoin { lookForSeeds(now) }
        if now >= schedule.chores { doChores(now) }
        if now >= schedule.knock { knock(now) }
        return end(now)
    }

    /// Takes the opened payload of a datagram from a member that the table knows.
    public mutating func onDatagram(
        _ payload: Bytes, from sender: MemberID, at address: PeerAddress, now: Instant
    ) -> [MembershipAction] {
        guard begin(now), sender != id, table.slot(of: sender) != nil else { return [] }
        var reader = ByteReader(payload.span)
        var toldSender = false
        while reader.remaining > 0 {
            let message: WireMessage
            do {
                message = try WireMessage(from: &reader)
            } catch {
                refusals.malformed += 1
                break
            }
            if case .ping = message { toldSender = true }
            handle(message, from: sender, at: address, now: now)
        }
        // Buddy rule beyond pings: whoever talks though we hold it dead should hear of it.
        if !toldSender, let slot = table.slot(of: sender) {
            let held = table.members[slot].standing
            if !held.isLive, !held.isFinal { send(nil, to: sender, at: address) }
        }
        return end(now)
    }

    private mutating func handle(
        _ message: WireMessage, from sender: MemberID, at address: PeerAddress, now: Instant
    ) {
        switch message {
        case .ping(let sequence):
            let answer = WireMessage.ack(sequence: sequence, health: UInt8(health.score))
            send(answer, to: sender, at: address)
        case .ack(let sequence, let health):
            noteAck(sequence, from: sender, health: health, now: now)
        case .probeRequest(let sequence, let target, let milliseconds):
            relay(sequence, target, wait: .milliseconds(Int(milliseconds)), for: sender, now: now)
        case .relayedAck(let sequence):
            if round?.sequence == sequence { round?.stage = .answered }
        case .nack(let sequence):
            if round?.sequence == sequence { round?.nacks += 1 }
        case .standing(let update):
            merge(update, nil, from: .gossip(sender), now: now)
        case .member(let update, let profile):
            merge(update, profile, from: .gossip(sender), now: now)
        case .record(let key, let record, let isUrgent):
            merge(record, for: key, isUrgent: isUrgent, isGossip: true, now: now)
        }
    }
}
