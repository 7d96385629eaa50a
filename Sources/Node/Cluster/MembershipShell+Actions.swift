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
            outbound.append(
                OutboundStream(shell: self, question) { [weak self] result in
                    self?.onAnswer(number, result)
                })
        case .finish(let number, let frame):
            outbound.first { $0.question.number == number }?.finish(frame)
        case .resolveSeeds: resolveSeeds()
        case .changed(let change):
            remember(change)
            onEvent(.member(note(change)))
        case .recordChanged(let key, let value): onRecord?(key, value)
        case .forgot(let id): gate.forget(id)
        case .degraded(let isDegraded): onEvent(.degraded(isDegraded))
        case .isolated(let isIsolated):
            self.isIsolated = isIsolated
            onEvent(.isolated(isIsolated))
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
