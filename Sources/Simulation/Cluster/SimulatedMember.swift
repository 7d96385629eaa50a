// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// One node of the simulated cluster: a name, and at most one running process behind it.
///
/// A class, since a machine is large and must never be copied by accident.
final class SimulatedMember {
    let index: Int
    var name: String
    let zone: String
    /// The pool it belongs to, by region or wide.
    let pool: SimulatedPool
    var state = State.down
    /// Number of the current process; events of earlier ones are void.
    var life = 0
    var machine: MembershipMachine?
    var gate: DatagramGate?
    var address = PeerAddress(ipv4: 0, port: 0)
    var hasAddress = false
    /// What arrived while the process was stopped; datagrams beyond the kernel's buffer are lost.
    var inbox: [Arrival] = []
    var inboxDatagrams = 0
    /// Simulated time for which a wake-up is scheduled.
    var wakeAt = Int64.max
    /// Monotonic clock: offset in nanoseconds and speed relative to true time.
    let clockOffset: Int64
    let clockDrift: Double
    /// Wall clock error in milliseconds.
    var wallSkew: Int64
    var startedAt: Int64 = 0
    /// End of the last stop, for checkers.
    var resumedAt: Int64 = -1_000_000_000_000
    /// When a displaced process begins anew.
    var restartsAt: Int64 = 0
    /// Remembers how often its name was taken from it.
    var displacement = Displacement()
    /// Seeds of its own, in place of those of all.
    var seeds: [PeerAddress]?
    var watch = ProcessWatch()

    /// A node without a process; its clocks are drawn.
    init(index: Int, options: ClusterOptions, using generator: inout SeededGenerator) {
        self.index = index
        pool = SimulatedPool(node: index, options: options)
        name = "node-\(index)"
        zone = "zone-\(index % max(options.zones, 1))"
        clockOffset = Int64.random(in: 0...1_000_000_000_000, using: &generator)
        clockDrift = (generator.unitInterval() * 2 - 1) * options.clockDrift
        let skew = Int64(options.wallSkew.milliseconds)
        wallSkew = Int64.random(in: -skew...skew, using: &generator)
    }

    enum State { case down, running, paused }

    /// Something for a stopped process.
    enum Arrival {
        case datagram(SimulatedDatagram)
        case leg(StreamTicket)
    }

    static let socketBuffer = 256

    var isUp: Bool { state != .down }

    /// Reads the machine where it is; a copy would count a reference to each of its parts.
    func look<R>(_ read: (inout MembershipMachine) -> R) -> R? {
        guard machine != nil else { return nil }
        // '!': tested above.
        return read(&machine!)
    }

    func localTime(_ time: Int64) -> Instant {
        Instant(nanoseconds: clockOffset + time + Int64(Double(time) * clockDrift))
    }

    /// The first true time at which the local clock shows `instant` or later.
    func trueTime(_ instant: Instant) -> Int64 {
        guard instant != .distantFuture else { return .max }
        let local = instant.nanoseconds - clockOffset
        var time = Int64(Double(local) / (1 + clockDrift))
        // Rounding may leave it a little early; a wake-up then would come again for ever.
        while localTime(time) < instant { time += 1 }
        return time
    }
}

/// What the members of one pool have in common.
struct SimulatedPool {
    /// Place of the region; the wide pool's members keep that of their node.
    let region: Int
    let isWide: Bool
    let settings: ClusterSettings

    var regionName: String { "region-\(region + 1)" }
    /// Keeps the pools apart on the wire.
    var label: String { isWide ? "wide" : regionName }

    init(node: Int, options: ClusterOptions) {
        let half = options.regions > 1 ? options.nodes / 2 : options.nodes
        isWide = node >= half
        region = (node % half) * options.regions / half
        var settings = isWide ? ClusterSettings.wide : options.settings
        settings.mutations = options.settings.mutations
        self.settings = settings
    }
}

/// A sealed datagram under way.
struct SimulatedDatagram {
    let bytes: Bytes
    let from: PeerAddress
    let isCorrupted: Bool
}

/// What the checker remembers of one process.
struct ProcessWatch {
    /// Last standing shown, by uid.
    var shown: [MemberID: Standing] = [:]
    /// Greatest incarnation shown dead, and when.
    var died: [MemberID: (incarnation: Incarnation, at: Int64)] = [:]
    /// (sender, counter) of every accepted datagram, when the network repeats any.
    var accepted: Set<AcceptedDatagram> = []
    var lastCounter: UInt64 = 0
    var mostLive = 1
}

/// Names a datagram for the whole run.
struct AcceptedDatagram: Hashable {
    let sender: MemberID
    let counter: UInt64
}
