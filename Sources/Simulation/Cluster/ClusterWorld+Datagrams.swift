// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

extension ClusterWorld {
    func perform(_ actions: [MembershipAction], of node: Int) {
        let life = members[node].life
        for action in actions {
            guard members[node].life == life else { return }
            switch action {
            case .send(let payload, let receiver, let address):
                send(payload, to: receiver, at: address, from: node)
            case .open(let number, let address, let frame, let until):
                openStream(number, to: address, frame, until: until, from: node)
            case .finish(let number, let frame):
                finishStream(number, frame, from: node)
            case .resolveSeeds:
                let delay = 2_000_000 + Int64(network.pick(18)) * 1_000_000
                events.schedule(.seeds(node: node, life: life), at: time + delay)
            case .changed(let change):
                watch(change, at: node)
            case .forgot(let id):
                members[node].gate?.forget(id)
                members[node].watch.shown[id] = nil
            case .displaced(let other, let boot):
                displace(node, by: other, boot: boot)
            case .closed:
                crash(node)
            case .recordChanged, .degraded, .isolated, .joined:
                note { "node \(node): \(action)" }
            }
        }
    }

    private func send(_ payload: Bytes, to receiver: MemberID, at address: PeerAddress, from: Int) {
        // '!': only a running node acts.
        guard let sealed = members[from].gate!.seal(payload, to: receiver) else {
            violate("I6: node \(from) made a payload of \(payload.count) bytes")
            return
        }
        watchSealed(sealed, from: from)
        statistics.datagrams += 1
        statistics.datagramBytes += sealed.count + NetworkConditions.datagramHeader
        if network.happens(network.conditions.replay) { replayOne() }
        guard let to = owner(of: address) else { return }
        let fate = network.datagramFate(from: from, to: to, size: sealed.count, now: time)
        guard let arrival = fate.arrival else { return }
        var datagram = SimulatedDatagram(
            bytes: sealed, from: members[from].address, isCorrupted: false)
        if network.conditions.replay > 0 { capture(datagram, to: to) }
        if let duplicate = fate.duplicate {
            events.schedule(.datagram(datagram, to: to), at: duplicate)
        }
        if fate.isCorrupted { datagram = corrupt(datagram) }
        events.schedule(.datagram(datagram, to: to), at: arrival)
    }

    /// The node that listens at an address; nil for addresses of processes that are gone.
    func owner(of address: PeerAddress) -> Int? {
        guard let ipv4 = address.ipv4 else { return nil }
        let index = Int(ipv4) - 0x0A00_0000
        guard addressOwners.indices.contains(index) else { return nil }
        let node = addressOwners[index]
        return members[node].address == address ? node : nil
    }

    private func capture(_ datagram: SimulatedDatagram, to: Int) {
        if captured.count < 8192 {
            captured.append((datagram, to))
        } else {
            captured[network.pick(captured.count)] = (datagram, to)
        }
    }

    /// Sends an old datagram again, to its receiver or to a random node.
    func replayOne() {
        guard !captured.isEmpty else { return }
        let old = captured[network.pick(captured.count)]
        let to = network.happens(0.8) ? old.to : network.pick(members.count)
        let delay = 1_000_000 + Int64(network.pick(1000)) * 1_000_000
        events.schedule(.datagram(old.datagram, to: to), at: time + delay)
    }

    /// Flips a bit, cuts the end off, or appends a byte.
    private func corrupt(_ datagram: SimulatedDatagram) -> SimulatedDatagram {
        var bytes = (0..<datagram.bytes.count).map { datagram.bytes[$0] }
        switch network.pick(4) {
        case 0: bytes.removeLast(1 + network.pick(bytes.count))
        case 1: bytes.append(UInt8(network.pick(256)))
        default: bytes[network.pick(bytes.count)] ^= 1 << UInt8(network.pick(8))
        }
        return SimulatedDatagram(
            bytes: Bytes(bytes), from: datagram.from, isCorrupted: true)
    }

    func deliver(_ datagram: SimulatedDatagram, to node: Int) {
        switch members[node].state {
        case .down: return
        case .running: receive(datagram, at: node)
        case .paused:
            guard members[node].inboxDatagrams < SimulatedMember.socketBuffer else { return }
            members[node].inboxDatagrams += 1
            members[node].inbox.append(.datagram(datagram))
        }
    }

    func receive(_ datagram: SimulatedDatagram, at node: Int) {
        let member = members[node]
        guard member.gate != nil, member.machine != nil else { return }
        // '!': has a gate, see above.
        guard let envelope = try? member.gate!.inspect(datagram.bytes) else { return }
        let boot = member.look { $0.boot(of: envelope.sender) } ?? nil
        // '!': has a gate, see above.
        guard let payload = try? member.gate!.open(datagram.bytes, envelope, boot: boot)
        else { return }
        watchAccepted(envelope, datagram, at: node)
        let accusation =
            options.checksRefutations
            ? WireInspection.greatestAccusation(
                // '!': has a machine, see above.
                of: member.machine!.id, in: payload) : nil
        input(node) {
            $0.onDatagram(payload, from: envelope.sender, at: datagram.from, now: $1)
        }
        if let accusation { watchRefutation(of: accusation, at: node) }
    }

    /// A later process has the name: begin anew above its boot, or give the name up.
    private func displace(_ node: Int, by other: MemberID, boot: BootTime) {
        note { "node \(node) is displaced by \(other)" }
        statistics.displacements += 1
        let life = Duration.nanoseconds(time - members[node].startedAt)
        crash(node)
        guard members[node].displacement.beginsAnew(after: life) else {
            note { "node \(node) gives its name up: another process has it" }
            return
        }
        members[node].restartsAt = time + 10_000_000
        events.schedule(.restart(node: node, floor: boot), at: members[node].restartsAt)
    }
}
