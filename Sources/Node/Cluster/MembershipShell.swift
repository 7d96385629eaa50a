// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Crypto
internal import Gateway
internal import Reactor
internal import Telemetry

/// Feeds the membership machine from sockets and timers of the control loop, and does what it says.
///
/// Nothing that arrives can end it or make it keep more than a fixed amount: datagrams are looked
/// at in the loop's buffer, strangers' streams are few, small and short-lived.
final class MembershipShell: EventHandler {
    /// Streams that others may have open at a time.
    private static let streamLimit = 64
    /// Datagrams taken before a timer that comes late: what was received must be heard first.
    private static let catchUp = 4096
    /// A young process that finds its name taken by an older one's late clock starts anew.
    private static let youth = Duration.seconds(10)
    private static let restartLimit = 3

    enum TimerKind {
        static let machine: UInt32 = 0
        static let seeds: UInt32 = 1
        static let keys: UInt32 = 2
    }

    let loop: EventLoop
    let identity: NodeIdentity
    let configuration: ClusterConfiguration
    let onEvent: (ClusterEvent) -> Void
    private(set) var machine: MembershipMachine
    private(set) var gate: DatagramGate
    var counts = ClusterCounts()
    /// What to call once the good-byes are said.
    var onLeft: (() -> Void)?
    private(set) var startedAt: Instant
    private var ports: ClusterPorts?
    let advertised: SocketAddress
    let seeds: SeedBook
    var keys: KeyKeeper
    private var timer = DeadlineTimer()
    private var inbound = SlotMap<InboundStream>(capacity: MembershipShell.streamLimit)
    private var outbound: [OutboundStream] = []
    private var foundSeeds: [PeerAddress] = []
    private var throttle = LogThrottle(burst: 1, per: .seconds(10))
    private var restarts = 0
    /// Told of a lonely start.
    private var isLonelinessTold = false
    var isKeyTimerSet = false
    private(set) var isOver = false

    /// Opens the ports; `start` then begins to speak.
    init(
        loop: EventLoop, address: SocketAddress, identity: NodeIdentity,
        configuration: ClusterConfiguration, onEvent: @escaping (ClusterEvent) -> Void
    ) throws(ListenFault) {
        self.loop = loop
        self.identity = identity
        self.configuration = configuration
        self.onEvent = onEvent
        startedAt = loop.now
        keys = KeyKeeper(configuration.keys)
        let weak = WeakShell()
        let ports = try ClusterPorts(
            loop: loop, address: address,
            onDatagram: { bytes, peer in weak.shell?.onDatagram(bytes, from: peer) },
            onStream: { descriptor, peer in weak.shell?.onStream(descriptor, from: peer) })
        self.ports = ports
        advertised = Self.advertised(configuration, bound: ports.address)
        seeds = SeedBook(loop: loop, seeds: configuration.join) { seed, fault in
            onEvent(.unresolved(seed: seed.description, reason: fault.label.description))
        }
        let boot = BootTime(milliseconds: Self.wallMilliseconds(loop))
        (machine, gate) = Self.makeMember(
            identity, configuration, KeyRing(configuration.keys), advertised, boot, loop)
        super.init()
        weak.shell = self
    }

    /// The sockets are there before the shell is.
    private final class WeakShell {
        weak var shell: MembershipShell?
    }

    private static func wallMilliseconds(_ loop: EventLoop) -> UInt64 {
        UInt64(clamping: loop.wallNow.nanoseconds / 1_000_000)
    }

    private static func advertised(
        _ configuration: ClusterConfiguration, bound: SocketAddress
    ) -> SocketAddress {
        guard let text = configuration.advertise else { return ClusterPorts.reachable(bound) }
        guard let address = SocketAddress(text) else {
            preconditionFailure("the configuration let a bad address through")
        }
        return address.port == 0 ? address.with(port: bound.port) : address
    }

    private static func makeMember(
        _ identity: NodeIdentity, _ configuration: ClusterConfiguration, _ ring: KeyRing,
        _ advertised: SocketAddress, _ boot: BootTime, _ loop: EventLoop
    ) -> (MembershipMachine, DatagramGate) {
        let id = MemberID(rawValue: RandomBytes.seed())
        let profile = MemberProfile(
            name: identity.name, boot: boot, address: PeerAddress(advertised),
            region: identity.region, zone: identity.zone)
        let machine = MembershipMachine(
            id: id, profile: profile, settings: .region, seed: RandomBytes.seed(), now: loop.now)
        let gate = DatagramGate(
            id: id, boot: boot, label: configuration.name, ring: ring, sealer: ClusterSealer())
        return (machine, gate)
    }

    /// Streams leave from the address that is listened on, if it is a certain one.
    var streamSource: SocketAddress? {
        guard let bound = ports?.address, !bound.isUnspecified else { return nil }
        return bound.with(port: 0)
    }

    /// The address bound; nil after the end.
    var address: SocketAddress? { ports?.address }

    // MARK: - Life

    func start() {
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
        onLeft = body
        input { $0.leave(now: $1) }
    }

    /// Tells all whether this node should get new work.
    func setDraining(_ draining: Bool) { input { $0.setDraining(draining, now: $1) } }

    /// Closes everything at once.
    func close() {
        guard !isOver else { return }
        isOver = true
        timer.cancel(on: loop)
        closeStreams()
        ports?.close()
        ports = nil
        let onLeft = onLeft
        self.onLeft = nil
        onLeft?()
    }

    /// Another process has the name. A young one goes on as a later one, an old one ends.
    private func displace(by other: MemberID, boot: BootTime) {
        let isYoung = loop.now - startedAt < Self.youth && restarts < Self.restartLimit
        onEvent(.displaced(by: other, startsAnew: isYoung))
        guard isYoung else { return close() }
        restarts += 1
        closeStreams()
        let later = BootTime(milliseconds: Self.wallMilliseconds(loop), after: boot)
        (machine, gate) = Self.makeMember(
            identity, configuration, gate.ring, advertised, later, loop)
        timer.clear()
        start()
    }

    private func closeStreams() {
        var open: [InboundStream] = []
        inbound.forEach { open.append($1) }
        for stream in open { stream.close() }
        for stream in outbound { stream.close() }
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

    private func onStream(_ descriptor: Int32, from peer: SocketAddress?) {
        let transport = Transport(loop: loop, descriptor: descriptor, peer: peer)
        if inbound.count >= Self.streamLimit { makeRoom(peer) }
        let stream = InboundStream(shell: self, transport: transport)
        stream.slot = inbound.insert(stream)
        if stream.slot == nil { stream.close() }
    }

    /// Whoever opens many streams without a key only shortens the life of the others of its kind.
    private func makeRoom(_ peer: SocketAddress?) {
        var victim: InboundStream?
        inbound.forEach { _, stream in
            guard !stream.isAuthentic else { return }
            if let other = victim, other.openedAt <= stream.openedAt { return }
            victim = stream
        }
        note(.crowded, from: peer)
        victim?.close()
    }

    /// A deadline of the machine, seeds that were found, or the next look at the keys.
    override func onTimer(_ kind: UInt32) {
        switch kind {
        case TimerKind.seeds:
            let found = foundSeeds
            foundSeeds = []
            input { $0.onSeeds(found, now: $1) }
        case TimerKind.keys:
            isKeyTimerSet = false
            stepKeys()
        default:
            guard !isOver, timer.isDue(on: loop, self, kind: TimerKind.machine) else { return }
            // After a stall: first hear what was said meanwhile, then judge.
            ports?.datagrams.receive(atMost: Self.catchUp)
            input { $0.onTimer(now: $1) }
        }
    }

    // MARK: - Streams

    /// The sender and payload of a frame; nil when it is dropped.
    func open(
        _ frame: Bytes, _ challenge: UInt64, from peer: SocketAddress?
    ) -> (sender: MemberID, payload: Bytes)? {
        counts.receivedBytes += frame.count
        do throws(DropReason) {
            return try gate.openFrame(frame, challenge: challenge)
        } catch {
            noteDrop(error.label, from: peer)
            return nil
        }
    }

    func write(_ payload: Bytes, _ challenge: UInt64, to transport: Transport) {
        let sealed = gate.sealFrame(payload, challenge: challenge)
        counts.sentBytes += sealed.count
        transport.write { FrameAssembler.write(sealed, to: &$0) }
    }

    /// The answer to a frame that another member opened a stream with, or ended one with.
    func answer(_ payload: Bytes, from sender: MemberID) -> Bytes? {
        var reply: Bytes?
        input { machine, now in
            let answer = machine.onStreamRequest(payload, from: sender, now: now)
            reply = answer.reply
            return answer.actions
        }
        return reply
    }

    func onReply(_ number: UInt64, _ payload: Bytes, from sender: MemberID) {
        input { $0.onStreamReply(number, payload, from: sender, now: $1) }
    }

    func onFailure(_ number: UInt64) {
        input { $0.onStreamFailed(number, now: $1) }
    }

    func remove(_ stream: InboundStream) {
        if let slot = stream.slot { inbound.remove(slot) }
        stream.slot = nil
    }

    func remove(_ stream: OutboundStream) { outbound.removeAll { $0 === stream } }

    // MARK: - Keys

    func updateRing(
        _ change: (inout KeyRing) throws(KeyRing.Fault) -> Void
    ) throws(KeyRing.Fault) { try gate.updateRing(change) }

    // MARK: - Drops

    func note(_ fault: ClusterCounts.Fault, from peer: SocketAddress?) {
        counts[fault] += 1
        noteDrop(fault.label, from: peer)
    }

    private func noteDrop(_ reason: StaticString, from peer: SocketAddress?) {
        guard let suppressed = throttle.admit(at: loop.now) else { return }
        onEvent(
            .dropped(
                reason: reason.description, from: peer?.host ?? "unknown", suppressed: suppressed))
    }
}

extension MembershipShell {
    /// Does what the machine wants, in order; what comes back later goes through timers.
    private func perform(_ actions: [MembershipAction]) {
        let id = machine.id
        for action in actions {
            // A displaced member's other wishes are void.
            guard !isOver, machine.id == id else { return }
            perform(action)
        }
    }

    private func perform(_ action: MembershipAction) {
        switch action {
        case .send(let payload, let receiver, let address): send(payload, to: receiver, address)
        case .open(let number, let address, let frame, let until):
            outbound.append(
                OutboundStream(
                    shell: self, number: number, address: SocketAddress(address), question: frame,
                    until: until))
        case .finish(let number, let frame):
            outbound.first { $0.number == number }?.finish(frame)
        case .resolveSeeds: resolveSeeds()
        case .changed(let change): onEvent(.member(note(change)))
        case .recordChanged: break
        case .forgot(let id): gate.forget(id)
        case .degraded(let isDegraded): onEvent(.degraded(isDegraded))
        case .isolated(let isIsolated): onEvent(.isolated(isIsolated))
        case .joined: onEvent(.joined(members: machine.liveCount))
        case .displaced(let other, let boot): displace(by: other, boot: boot)
        case .closed:
            onEvent(.left)
            close()
        }
    }

    private func send(_ payload: Bytes, to receiver: MemberID, _ address: PeerAddress) {
        guard let sealed = gate.seal(payload, to: receiver) else {
            preconditionFailure("the machine made a payload of \(payload.count) bytes")
        }
        counts.sentBytes += sealed.count
        ports?.datagrams.send(sealed, to: SocketAddress(address))
    }

    private func resolveSeeds() {
        if !machine.isJoined, loop.now - startedAt > .seconds(5), !isLonelinessTold {
            isLonelinessTold = true
            onEvent(.lonely(seeds: seeds.seeds.count))
        }
        seeds.lookUp { [weak self] found in
            guard let self, let found else { return }
            foundSeeds = found.map { PeerAddress($0) }
            // Not now: an answer from memory comes while the machine's actions are being done.
            _ = loop.schedule(at: loop.now, self, kind: TimerKind.seeds)
        }
    }

    /// What a change says, with names.
    private func note(_ change: MemberChange) -> MemberNote {
        let profile = machine.member(change.member)?.profile
        return MemberNote(
            change: change, name: change.name ?? change.member.description,
            address: profile.map { SocketAddress($0.address).description } ?? "",
            accusers: change.accusations.map { name(of: $0.accuser) })
    }

    /// The name of a member; its uid if none is known.
    func name(of id: MemberID) -> String {
        machine.member(id)?.profile?.name ?? id.description
    }
}
