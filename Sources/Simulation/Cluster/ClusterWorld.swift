// SPDX-License-Identifier: Apache-2.0
public import Cluster
public import Core

/// A cluster in one thread and virtual time: real machines, simulated packets, seeded faults.
///
/// Everything follows from the options and the seed; two runs with both equal are equal.
public final class ClusterWorld {
    public let options: ClusterOptions
    public internal(set) var statistics = ClusterStatistics()
    /// Broken invariants, each with its time; empty in a good run.
    public internal(set) var violations: [String] = []
    /// Changes of records, when the options ask for them.
    public internal(set) var history: [ClusterObservation] = []
    var time: Int64 = 0
    var events = EventQueue<Event>()
    var network: SimulatedNetwork
    var members: [SimulatedMember]
    var streams: [SimulatedStream] = []
    var freeStreams: [Int] = []
    var streamSerial = 0
    var generator: SeededGenerator
    /// Node by the last part of its address; addresses are never used again.
    var addressOwners: [Int] = []
    var nodeOfUID: [MemberID: Int] = [:]
    /// Datagrams that the network may send again.
    var captured: [(datagram: SimulatedDatagram, to: Int)] = []
    /// Set while the network repeats datagrams, so that acceptance is watched.
    var watchesAcceptance = false
    /// Set while no fault but stops may explain a death.
    var forbidsStallBlame = false
    let trace: ((String) -> Void)?
    /// The wide pool above the regions, when there are several.
    weak var wide: WideWorld?

    enum Event {
        case wake(node: Int, life: Int)
        case datagram(SimulatedDatagram, to: Int)
        case segment(StreamTicket)
        case resend(StreamTicket)
        case streamTimeout(StreamTicket)
        case seeds(node: Int, life: Int)
        case restart(node: Int, floor: BootTime)
        /// One half of a starved node's duty cycle.
        case starve(node: Int, until: Int64)
    }

    /// A world in which nothing runs yet; `trace` gets one line per event of note.
    public init(options: ClusterOptions, seed: UInt64, trace: ((String) -> Void)? = nil) {
        self.options = options
        self.trace = trace
        generator = SeededGenerator(seed: seed)
        network = SimulatedNetwork(
            nodes: options.nodes, conditions: options.conditions, seed: generator.next())
        members = []
        for index in 0..<options.nodes {
            members.append(
                SimulatedMember(index: index, options: options, using: &generator))
        }
        for member in members { network.setRegion(UInt8(member.pool.region), of: member.index) }
        watchesAcceptance = options.conditions.duplication + options.conditions.replay > 0
    }

    /// Simulated time since the start.
    public var now: Duration { .nanoseconds(time) }

    // MARK: Running

    /// Lets simulated time pass.
    public func run(for duration: Duration) { run(until: time + duration.nanoseconds) { false } }

    /// Lets time pass until the condition, asked every `step`, holds; false when it did not.
    @discardableResult
    public func run(
        atMost duration: Duration, step: Duration = .milliseconds(50), until done: () -> Bool
    ) -> Bool {
        let end = time + duration.nanoseconds
        while time < end {
            if done() { return true }
            run(until: min(end, time + step.nanoseconds)) { false }
        }
        return done()
    }

    private func run(until end: Int64, _ stop: () -> Bool) {
        let up = members.count { $0.isUp }
        statistics.nodeSeconds += Double(up) * Double(end - time) / 1e9
        while let next = events.nextTime, next <= end {
            guard let (moment, event) = events.pop() else { break }
            time = max(time, moment)
            statistics.events += 1
            handle(event)
        }
        time = end
    }

    private func handle(_ event: Event) {
        switch event {
        case .wake(let node, let life): wake(node, life)
        case .datagram(let datagram, let node): deliver(datagram, to: node)
        case .segment(let ticket): arrive(ticket)
        case .resend(let ticket): resend(ticket)
        case .streamTimeout(let ticket): timeOut(ticket)
        case .seeds(let node, let life):
            guard members[node].life == life else { return }
            let seeds = members[node].seeds ?? wide?.seeds(of: node) ?? seedAddresses()
            input(node) { $0.onSeeds(seeds, now: $1) }
        case .restart(let node, let floor): start(node, after: floor)
        case .starve(let node, let until): starveStep(node, until)
        }
    }

    // MARK: Processes

    /// Starts a process behind a name that has none; it gets a new uid and, as in Kubernetes, a
    /// new address unless the options keep addresses.
    public func start(_ node: Int, after floor: BootTime = BootTime(rawValue: 0)) {
        guard members[node].state == .down else { return }
        prepare(node, after: floor)
        input(node) { $0.start(now: $1) }
    }

    /// Starts all nodes at once, each with a snapshot of all others: thousands need no join then.
    public func startAcquainted() {
        for node in members.indices { prepare(node, after: BootTime(rawValue: 0)) }
        let all = members.compactMap { member in member.look { ($0.id, $0.own.profile) } }
        for node in members.indices {
            let local = members[node].localTime(time)
            for case (let id, let profile?) in all {
                _ = members[node].look { $0.remember(id, profile, now: local) }
                let alive = Standing(.alive, Incarnation(rawValue: 0))
                if id != members[node].look({ $0.id }) { members[node].watch.shown[id] = alive }
            }
            input(node) { $0.start(now: $1) }
        }
    }

    /// Makes the machine and the keys of a process that is about to start.
    private func prepare(_ node: Int, after floor: BootTime) {
        let id = MemberID(rawValue: generator.next())
        let wall = UInt64(1_700_000_000_000 + time / 1_000_000 + members[node].wallSkew)
        let boot = BootTime(milliseconds: wall, after: floor)
        if !options.keepsAddresses || !members[node].hasAddress { assignAddress(node) }
        nodeOfUID[id] = node
        let profile = MemberProfile(
            name: members[node].name, boot: boot, address: members[node].address,
            region: members[node].pool.regionName, zone: members[node].zone)
        let local = members[node].localTime(time)
        members[node].machine = MembershipMachine(
            id: id, profile: profile, settings: members[node].pool.settings,
            seed: generator.next(), now: local)
        members[node].gate = DatagramGate(
            id: id, boot: boot, label: members[node].pool.label, ring: options.ring,
            sealer: ChecksumSealer())
        members[node].gate?.mutations = options.settings.mutations
        members[node].state = .running
        members[node].life += 1
        members[node].startedAt = time
        members[node].wakeAt = .max
        members[node].watch = ProcessWatch()
        members[node].inbox = []
        members[node].inboxDatagrams = 0
        note { "node \(node) starts as \(id)" }
    }

    /// Gives a node an address that nobody had before.
    func assignAddress(_ node: Int) {
        members[node].address = PeerAddress(
            ipv4: 0x0A00_0000 + UInt32(addressOwners.count), port: 7946)
        members[node].hasAddress = true
        addressOwners.append(node)
    }

    /// Lets a process listen without a machine, to refer those who call to others.
    func standBy(_ node: Int) {
        guard members[node].machine == nil else { return }
        let id = MemberID(rawValue: generator.next())
        members[node].gate = DatagramGate(
            id: id, boot: BootTime(rawValue: 1), label: members[node].pool.label,
            ring: options.ring, sealer: ChecksumSealer())
        members[node].watch = ProcessWatch()
        members[node].life += 1
        members[node].state = .running
    }

    /// Starts all nodes within `spread`, at random times.
    public func startAll(within spread: Duration = .seconds(1)) {
        for node in members.indices {
            let delay = Int64.random(in: 0...max(spread.nanoseconds, 1), using: &generator)
            events.schedule(
                .restart(node: node, floor: BootTime(rawValue: 0)), at: time + delay)
        }
    }

    /// Ends a process as SIGKILL does.
    public func crash(_ node: Int) {
        guard members[node].isUp else { return }
        note { "node \(node) crashes" }
        collectDrops(node)
        members[node].state = .down
        members[node].life += 1
        members[node].machine = nil
        members[node].gate = nil
        members[node].inbox = []
    }

    /// Stops a process as SIGSTOP does; the kernel goes on buffering for it.
    public func pause(_ node: Int) {
        guard members[node].state == .running else { return }
        note { "node \(node) is stopped" }
        members[node].state = .paused
    }

    /// Continues a stopped process: it drains its sockets first, then looks at its timers.
    public func resume(_ node: Int) {
        guard members[node].state == .paused else { return }
        note { "node \(node) continues" }
        members[node].state = .running
        members[node].resumedAt = time
        if options.settings.mutations.contains(.blamesOthersForStalls) {
            // The mutant's shell looks at its timers first.
            input(node) { $0.onTimer(now: $1) }
        }
        let arrivals = members[node].inbox
        members[node].inbox = []
        members[node].inboxDatagrams = 0
        let life = members[node].life
        for arrival in arrivals where members[node].life == life {
            switch arrival {
            case .datagram(let datagram): receive(datagram, at: node)
            case .leg(let ticket): act(on: ticket)
            }
        }
        guard members[node].life == life else { return }
        members[node].wakeAt = .max
        input(node) { $0.onTimer(now: $1) }
    }

    /// Gives a node a tenth of a processor: 100 ms of work, then 900 ms of none, for `duration`.
    public func starve(_ node: Int, for duration: Duration) {
        let phase = Int64.random(in: 0...900_000_000, using: &generator)
        events.schedule(
            .starve(node: node, until: time + duration.nanoseconds), at: time + phase)
    }

    private func starveStep(_ node: Int, _ until: Int64) {
        if members[node].state == .paused {
            resume(node)
            guard time < until else { return }
            events.schedule(.starve(node: node, until: until), at: time + 100_000_000)
        } else {
            guard time < until else { return }
            pause(node)
            events.schedule(.starve(node: node, until: until), at: time + 900_000_000)
        }
    }

    /// Lets a node leave gracefully; its process ends when the machine says so.
    public func leave(_ node: Int) {
        guard members[node].state == .running else { return }
        note { "node \(node) leaves" }
        input(node) { $0.leave(now: $1) }
    }

    /// Publishes a record at a node.
    public func publish(_ value: Bytes?, key: String, at node: Int, urgency: Urgency = .routine) {
        guard members[node].state == .running else { return }
        input(node) { machine, now in
            (try? machine.publish(value, for: key, urgency: urgency, now: now)) ?? []
        }
    }

    /// Changes the key ring of a node and publishes its report, as an operator would.
    public func changeKeys(
        at node: Int, _ change: (inout KeyRing) throws(KeyRing.Fault) -> Void
    ) throws(KeyRing.Fault) {
        guard members[node].isUp else { return }
        try members[node].gate?.updateRing(change)
        guard let ring = members[node].gate?.ring else { return }
        publish(KeyReport(ring).encoded, key: KeyReport.recordKey, at: node)
    }

    // MARK: Inputs and wake-ups

    /// Hands an input to a machine and carries out its actions.
    func input(
        _ node: Int, _ feed: (inout MembershipMachine, Instant) -> [MembershipAction]
    ) {
        let member = members[node]
        guard member.state == .running, member.machine != nil else { return }
        let local = member.localTime(time)
        // '!': tested above.
        let actions = feed(&member.machine!, local)
        if !actions.isEmpty { perform(actions, of: node) }
        scheduleWake(node)
    }

    func scheduleWake(_ node: Int) {
        let member = members[node]
        guard let deadline = member.look({ $0.deadline }) else { return }
        let due = member.trueTime(deadline)
        guard due < member.wakeAt, due != .max else { return }
        member.wakeAt = max(due, time)
        events.schedule(.wake(node: node, life: member.life), at: member.wakeAt)
    }

    private func wake(_ node: Int, _ life: Int) {
        let member = members[node]
        guard member.life == life, member.wakeAt == time else { return }
        member.wakeAt = .max
        guard member.state == .running, let deadline = member.look({ $0.deadline }) else { return }
        if deadline <= member.localTime(time) {
            input(node) { $0.onTimer(now: $1) }
            watchMachine(node)
        } else {
            scheduleWake(node)
        }
    }

    private func seedAddresses() -> [PeerAddress] {
        switch options.seeds {
        case .all: members.filter(\.isUp).map(\.address)
        case .first(let count): members.prefix(count).filter { $0.life > 0 }.map(\.address)
        }
    }

    func note(_ line: () -> String) {
        guard let trace else { return }
        let milliseconds = time / 1_000_000
        let fraction = "\(1000 + milliseconds % 1000)".dropFirst()
        trace("\(milliseconds / 1000).\(fraction) " + line())
    }
}
