// SPDX-License-Identifier: Apache-2.0
internal import Admin
internal import Cluster
internal import Core
internal import Gateway
internal import Reactor
internal import Telemetry

/// Feeds the membership machine from sockets and timers of the control loop, and does what it says.
///
/// Nothing that arrives can end it or make it keep more than a fixed amount: datagrams are looked
/// at in the loop's buffer, strangers' streams are few, small and short-lived.
final class MembershipShell: EventHandler {
    /// Datagrams taken before a timer that comes late: what was received must be heard first.
    private static let catchUpLimit = 4096
    /// A displaced process waits this long, so that two of one name do not spin.
    private static let rebirth = Duration.milliseconds(10)

    enum TimerKind {
        static let machine: UInt32 = 0
        static let seeds: UInt32 = 1
        static let keys: UInt32 = 2
        static let rebirth: UInt32 = 3
    }

    let loop: EventLoop
    let plan: MembershipPlan
    /// When the metrics were last brought up to date.
    var metricsAt: Instant
    private(set) var machine: MembershipMachine
    var gate: DatagramGate
    var counts = ClusterCounts()
    /// What to call once the good-byes are said.
    var onLeft: (() -> Void)?
    private(set) var startedAt: Instant
    private(set) var ports: ClusterPorts?
    let advertised: SocketAddress
    let seeds: SeedBook
    var keys: KeyKeeper
    private var timer = DeadlineTimer()
    var inbound = SlotMap<InboundStream>(capacity: MembershipShell.streamLimit)
    var outbound: [OutboundStream] = []
    var foundSeeds: [PeerAddress] = []
    private var throttle = LogThrottle(burst: 1, per: .seconds(10))
    private var displacement = Displacement()
    /// Set while a displaced process waits to begin anew: it must follow this boot.
    private var rebirthFloor: BootTime?
    /// This node's part in the pool of bridges; set once, in `init`.
    private(set) lazy var wide = WideShell(self)
    /// Told of a lonely start.
    var isLonelinessTold = false
    var isKeyTimerSet = false
    var history: [MemberChangeRow] = []
    /// Hears of application records: published, replaced, or gone with their owner.
    var onRecord: ((RecordKey, Bytes?) -> Void)?
    /// Takes the calls of other nodes; its second argument sends the answer, once.
    var onCall: ((Bytes, @escaping (Bytes) -> Void) -> Void)?
    var isIsolated = false
    private(set) var isOver = false

    /// Opens the ports; `start` then begins to speak.
    init(
        _ plan: MembershipPlan, loop: EventLoop, address: SocketAddress
    ) throws(ListenFault) {
        self.loop = loop
        self.plan = plan
        startedAt = loop.now
        metricsAt = loop.now
        keys = KeyKeeper(plan.configuration.keys)
        let weak = WeakShell()
        let ports = try ClusterPorts(
            loop: loop, address: address,
            onDatagram: { bytes, peer in weak.shell?.onDatagram(bytes, from: peer) },
            onStream: { descriptor, peer in weak.shell?.onStream(descriptor, from: peer) })
        self.ports = ports
        advertised = plan.advertised(bound: ports.address)
        let onEvent = plan.onEvent
        seeds = SeedBook(loop: loop, seeds: plan.configuration.join) { seed, fault in
            onEvent(.unresolved(seed: seed.description, reason: fault.label.description))
        }
        (machine, gate) = plan.makeMember(
            at: advertised, boot: BootTime(loop), ring: KeyRing(plan.configuration.keys),
            now: loop.now)
        super.init()
        weak.shell = self
    }

    /// The sockets are there before the shell is.
    private final class WeakShell {
        weak var shell: MembershipShell?
    }

    /// Streams leave from the address that is listened on, if it is a certain one.
    var streamSource: SocketAddress? {
        guard let bound = ports?.address, !bound.isUnspecified else { return nil }
        return bound.with(port: 0)
    }

    func onEvent(_ event: ClusterEvent) { plan.onEvent(event) }

    /// The address bound; nil after the end.
    var address: SocketAddress? { ports?.address }

    // MARK: - Life

    func start() {
        wide.start()
        announce()
    }

    private func announce() {
        if let address {
            onEvent(
                .opened(
                    machine.id, bound: address.description, advertised: advertised.description))
        }
        input { $0.start(now: $1) }
        reportKeys()
    }

    /// Says good-bye; `body` is called when others have had time to hear it.
    func leave(_ body: @escaping () -> Void) {
        guard !isOver, onLeft == nil else { return body() }
        guard rebirthFloor == nil else {
            close()
            return body()
        }
        onLeft = body
        onEvent(.leaving)
        wide.leave()
        input { $0.leave(now: $1) }
    }

    /// Tells all whether this node should get new work.
    func setDraining(_ draining: Bool) { input { $0.setDraining(draining, now: $1) } }

    /// Closes everything at once.
    func close() {
        guard !isOver else { return }
        isOver = true
        timer.cancel(on: loop)
        wide.abandon()
        closeStreams()
        ports?.close()
        ports = nil
        let onLeft = onLeft
        self.onLeft = nil
        onLeft?()
    }

    /// Another process has the name: this one begins anew as a later one, or leaves the cluster.
    func displace(by other: MemberID, boot: BootTime) {
        let beginsAnew = displacement.beginsAnew(after: loop.now - startedAt)
        onEvent(.displaced(by: other, startsAnew: beginsAnew))
        guard beginsAnew, onLeft == nil else { return close() }
        wide.abandon()
        closeStreams()
        timer.clear()
        rebirthFloor = boot
        _ = loop.schedule(at: loop.now + Self.rebirth, self, kind: TimerKind.rebirth)
    }

    private func beginAnew() {
        guard !isOver, let floor = rebirthFloor else { return }
        rebirthFloor = nil
        // Who asked to leave meanwhile has nothing left to leave.
        guard onLeft == nil else { return close() }
        startedAt = loop.now
        let isDraining = machine.own.profile?.flags.contains(.draining) == true
        (machine, gate) = plan.makeMember(
            at: advertised, boot: BootTime(loop, after: floor), ring: gate.ring, now: loop.now)
        announce()
        if isDraining { setDraining(true) }
    }

    // MARK: - Input

    /// Feeds the machine and does what it says.
    func input(_ body: (inout MembershipMachine, Instant) -> [MembershipAction]) {
        guard !isOver else { return }
        let actions = body(&machine, loop.now)
        perform(actions)
        guard !isOver, machine.deadline < .distantFuture else { return }
        timer.set(machine.deadline, on: loop, self, kind: TimerKind.machine)
    }

    private func onDatagram(_ bytes: Span<UInt8>, from peer: SocketAddress) {
        counts.receivedBytes += bytes.count
        // One byte more than allowed is enough to count it as too long.
        let kept = bytes.extracting(0..<min(bytes.count, WireVersion.datagramLimit + 1))
        let datagram = Bytes(copying: kept)
        guard ClusterPool(of: datagram) == .region else {
            return wide.onDatagram(datagram, from: peer)
        }
        var wasKnown = false
        do throws(DropReason) {
            let envelope = try gate.inspect(datagram)
            let boot = machine.boot(of: envelope.sender)
            if boot == nil { wasKnown = machine.member(envelope.sender) != nil }
            let payload = try gate.open(datagram, envelope, boot: boot)
            input {
                $0.onDatagram(payload, from: envelope.sender, at: PeerAddress(peer), now: $1)
            }
        } catch {
            // The last words of one that left are no news.
            if !wasKnown { noteDrop(error.label, from: peer) }
        }
    }

    /// A deadline of the machine, seeds that were found, or the next look at the keys.
    override func onTimer(_ kind: UInt32) {
        switch kind {
        case TimerKind.seeds:
            let found = wide.own(of: foundSeeds)
            foundSeeds = []
            input { $0.onSeeds(found, now: $1) }
        case TimerKind.keys:
            isKeyTimerSet = false
            stepKeys()
        case TimerKind.rebirth: beginAnew()
        default:
            guard !isOver, timer.isDue(on: loop, self, kind: TimerKind.machine) else { return }
            // After a stall: first hear what was said meanwhile, then judge.
            catchUp()
            input { $0.onTimer(now: $1) }
            // Workers show metrics, too, and cannot ask.
            if loop.now - metricsAt >= .seconds(1) { updateMetrics() }
        }
    }

    /// Hears what the socket holds, before time is judged.
    func catchUp() { ports?.datagrams.receive(atMost: Self.catchUpLimit) }

    /// Sends a sealed datagram.
    func send(_ sealed: Bytes, to address: SocketAddress) {
        counts.sentBytes += sealed.count
        ports?.datagrams.send(sealed, to: address)
    }

    // MARK: - Drops

    func note(_ fault: ClusterCounts.Fault, from peer: SocketAddress?) {
        counts[fault] += 1
        noteDrop(fault.label, from: peer)
    }

    func noteDrop(_ reason: StaticString, from peer: SocketAddress?) {
        guard let suppressed = throttle.admit(at: loop.now) else { return }
        onEvent(
            .dropped(
                reason: reason.description, from: peer?.host ?? "unknown", suppressed: suppressed))
    }
}
