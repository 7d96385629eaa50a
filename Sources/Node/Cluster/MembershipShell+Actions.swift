// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Gateway
internal import Reactor

extension MembershipShell {
    /// Does what the machine wants, in order; what comes back later goes through timers.
    func perform(_ actions: [MembershipAction]) {
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
            let question = OutboundStream.Question(
                number: number, address: SocketAddress(address), frame: frame, until: until)
            openStream(question) { [weak self] in self?.onAnswer(number, $0) }
        case .finish(let number, let frame): finishStream(number, .region, frame)
        case .resolveSeeds: resolveSeeds()
        case .changed(let change):
            remember(change)
            onEvent(.member(MemberNote(change, in: machine)))
            wide.lookSoon()
        case .recordChanged(let key, let value):
            onRecord?(key, value)
            wide.lookSoon()
        case .forgot(let id): gate.forget(id)
        case .degraded(let isDegraded): onEvent(.degraded(isDegraded))
        case .isolated(let isIsolated):
            self.isIsolated = isIsolated
            onEvent(.isolated(isIsolated))
        case .joined:
            onEvent(.joined(members: machine.liveCount))
            wide.lookSoon()
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
        send(sealed, to: SocketAddress(address))
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

    /// The name of a member; its uid if none is known.
    func name(of id: MemberID) -> String { machine.name(of: id) }
}

extension MembershipMachine {
    /// The name of a member; its uid if none is known.
    func name(of id: MemberID) -> String { member(id)?.profile?.name ?? id.description }
}

extension MemberNote {
    /// What a change says, with the names that the machine knows.
    init(_ change: MemberChange, in machine: MembershipMachine) {
        let profile = machine.member(change.member)?.profile
        self.init(
            change: change, name: change.name ?? change.member.description,
            address: profile.map { SocketAddress($0.address).description } ?? "",
            accusers: change.accusations.map { machine.name(of: $0.accuser) })
    }
}
