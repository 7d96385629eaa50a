// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Gateway
internal import Reactor

/// A node's part in the pool that joins the regions, over the sockets of its `MembershipShell`.
///
/// Sleeps until it learns that there are other regions: from a seed that names another one, from
/// a stream of such a bridge, or from its own region. Then `WidePool` decides who is a bridge; a
/// bridge's second machine runs here, and everybody else only tells strangers who the bridges are.
final class WideShell: EventHandler {
    private enum TimerKind {
        static let machine: UInt32 = 0
        static let seeds: UInt32 = 1
        static let look: UInt32 = 2
        static let tick: UInt32 = 3
    }

    /// Under this key a node tells its region that there are others.
    static let awakeKey = "wide"
    private static let pace = Duration.seconds(1)

    unowned let shell: MembershipShell
    let tag: RegionTag
    private(set) var pool: WidePool
    /// Nil unless this node is a bridge, or was until a moment ago.
    private(set) var machine: MembershipMachine?
    var gate: DatagramGate
    var keys: KeyKeeper
    private var board = RegionBoard()
    private var foreign = ForeignSeeds()
    private(set) var isAwake = false
    private var isLookSet = false
    /// Drops of gates that are gone.
    private(set) var formerDrops: [Int]
    private var boot: BootTime
    private var timer = DeadlineTimer()

    init(_ shell: MembershipShell) {
        self.shell = shell
        let region = shell.plan.identity.region
        tag = RegionTag(region)
        pool = WidePool(region: region, address: PeerAddress(shell.advertised), seeds: [])
        keys = KeyKeeper(shell.plan.configuration.keys)
        boot = BootTime(shell.loop)
        gate = shell.plan.makeWideGate(boot: boot, ring: shell.gate.ring)
        formerDrops = DropReason.allCases.map { _ in 0 }
    }

    // MARK: - Life

    func start() {
        _ = shell.loop.schedule(at: shell.loop.now + Self.pace, self, kind: TimerKind.tick)
    }

    /// Says good-bye to the other regions.
    func leave() {
        input { $0.leave(now: $1) }
        perform(pool.onEnd())
    }

    /// Forgets all at once; the next election begins anew.
    func abandon() {
        timer.cancel(on: shell.loop)
        machine = nil
        board = RegionBoard()
        _ = pool.onEnd()
    }

    private func begin() {
        boot = BootTime(shell.loop, after: boot)
        replaceGate(shell.plan.makeWideGate(boot: boot, ring: shell.gate.ring))
        machine = shell.plan.makeWideMachine(
            gate.id, at: shell.advertised, boot: boot, now: shell.loop.now)
        input { $0.start(now: $1) }
        reportKeys()
    }

    /// A node that is no bridge holds the keys that its region holds.
    func followRegion() {
        boot = BootTime(shell.loop, after: boot)
        replaceGate(shell.plan.makeWideGate(boot: boot, ring: shell.gate.ring))
    }

    private func replaceGate(_ fresh: DatagramGate) {
        for reason in DropReason.allCases {
            formerDrops[Int(reason.rawValue)] += gate.dropCount(reason)
        }
        gate = fresh
    }

    // MARK: - Looking around

    /// Looks when the present input has been dealt with.
    func lookSoon() {
        guard isAwake, !isLookSet else { return }
        isLookSet = true
        _ = shell.loop.schedule(at: shell.loop.now, self, kind: TimerKind.look)
    }

    private func look() {
        guard !shell.isOver else { return }
        if !isAwake, isCalled { wake(tells: false) }
        guard isAwake else { return }
        perform(pool.onRegion(shell.machine, now: shell.loop.now))
        if let machine { perform(pool.onWide(machine)) }
        stepKeys()
        for action in board.step(pool, shell.machine, machine) {
            switch action {
            case .tellRegion(let key, let value): shell.publish(value, for: key)
            case .tellWide(let value): publish(value, for: RegionBoard.wideKey)
            }
        }
    }

    /// Whether another node of the region knows of other regions.
    private var isCalled: Bool { shell.machine.values.contains { $0.key.key == Self.awakeKey } }

    private func wake(tells: Bool) {
        guard !isAwake else { return }
        isAwake = true
        if tells { shell.publish(Bytes([1]), for: Self.awakeKey) }
        lookSoon()
    }

    /// Somebody at this address has named its region.
    func noteRegion(_ region: RegionTag, at address: SocketAddress) {
        foreign.note(PeerAddress(address), in: region, own: tag, now: shell.loop.now)
        pool.seeds = foreign.seeds
        if region != tag { wake(tells: true) }
    }

    /// Of the seeds that were found, those for the region's own machine.
    func own(of found: [PeerAddress]) -> [PeerAddress] {
        let own = foreign.own(of: found, now: shell.loop.now)
        pool.seeds = foreign.seeds
        return own
    }

    private func perform(_ actions: [WidePool.Action]) {
        for action in actions {
            switch action {
            case .begin: begin()
            case .resign: input { $0.leave(now: $1) }
            case .publish(let value):
                shell.publish(value, for: WidePool.recordKey, urgency: .urgent)
            case .region(let name, let isReachable):
                shell.onEvent(.region(name, isReachable: isReachable))
            }
        }
    }

    // MARK: - The bridge's machine

    /// Feeds the second machine, if there is one.
    func input(_ body: (inout MembershipMachine, Instant) -> [MembershipAction]) {
        guard !shell.isOver, machine != nil else { return }
        // '!': tested above; a copy would count references to each of its parts.
        for action in body(&machine!, shell.loop.now) {
            guard machine != nil else { return }
            perform(action)
        }
        guard let deadline = machine?.deadline, deadline < .distantFuture else { return }
        timer.set(deadline, on: shell.loop, self, kind: TimerKind.machine)
    }

    private func perform(_ action: MembershipAction) {
        switch action {
        case .send(let payload, let receiver, let address): send(payload, to: receiver, address)
        case .open(let number, let address, let frame, let until):
            let question = OutboundStream.Question(
                pool: .wide, number: number, address: SocketAddress(address), frame: frame,
                until: until)
            shell.openStream(question) { [weak self] in self?.onAnswer(number, $0) }
        case .finish(let number, let frame): shell.finishStream(number, .wide, frame)
        case .resolveSeeds:
            _ = shell.loop.schedule(at: shell.loop.now, self, kind: TimerKind.seeds)
        case .changed(let change):
            if let machine { shell.onEvent(.bridge(MemberNote(change, in: machine))) }
            lookSoon()
        case .recordChanged, .joined: lookSoon()
        case .forgot(let id): gate.forget(id)
        case .displaced(_, let floor):
            boot = max(boot, floor)
            end()
        case .closed: end()
        case .degraded, .isolated: break
        }
    }

    /// The machine has ended, by itself or by a later one of its name.
    private func end() {
        timer.cancel(on: shell.loop)
        machine = nil
        perform(pool.onEnd())
        lookSoon()
    }

    private func send(_ payload: Bytes, to receiver: MemberID, _ address: PeerAddress) {
        guard let sealed = gate.seal(payload, to: receiver) else {
            preconditionFailure("the machine made a payload of \(payload.count) bytes")
        }
        shell.send(sealed, to: SocketAddress(address))
    }

    private func onAnswer(_ number: UInt64, _ result: Result<OutboundStream.Answer, CallFault>) {
        switch result {
        case .success(let answer):
            input { $0.onStreamReply(number, answer.payload, from: answer.sender, now: $1) }
        case .failure: input { $0.onStreamFailed(number, now: $1) }
        }
    }

    // MARK: - Input

    func onDatagram(_ datagram: Bytes, from peer: SocketAddress) {
        // Others may not know yet that this node is no bridge any more.
        let isExpected = machine != nil
        do throws(DropReason) {
            let envelope = try gate.inspect(datagram)
            let payload = try gate.open(
                datagram, envelope, boot: machine?.boot(of: envelope.sender))
            input {
                $0.onDatagram(payload, from: envelope.sender, at: PeerAddress(peer), now: $1)
            }
        } catch {
            if isExpected, error != .unknownSender { shell.noteDrop(error.label, from: peer) }
        }
    }

    /// The answer to a frame; whoever is no bridge says who is.
    func answer(_ payload: Bytes, from sender: MemberID) -> Bytes? {
        wake(tells: true)
        guard let running = machine, !running.hasEnded, pool.isBridge else {
            return pool.referral(for: payload, shell.machine)
        }
        var reply: Bytes?
        input { machine, now in
            let answer = machine.onStreamRequest(payload, from: sender, now: now)
            reply = answer.reply
            return answer.actions
        }
        return reply
    }

    override func onTimer(_ kind: UInt32) {
        guard !shell.isOver else { return }
        switch kind {
        case TimerKind.tick:
            look()
            start()
        case TimerKind.look:
            isLookSet = false
            look()
        case TimerKind.seeds:
            guard let machine else { return }
            let found = pool.seeds(shell.machine, machine)
            input { $0.onSeeds(found, now: $1) }
        default:
            guard timer.isDue(on: shell.loop, self, kind: TimerKind.machine) else { return }
            shell.catchUp()
            input { $0.onTimer(now: $1) }
        }
    }
}
