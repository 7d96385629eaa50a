// SPDX-License-Identifier: Apache-2.0
import Cluster
import Core

/// Machines and addresses for tests, with the time in milliseconds.
enum Fixture {
    static func id(_ number: Int) -> MemberID { MemberID(rawValue: UInt64(number)) }

    static func address(_ number: Int) -> PeerAddress {
        PeerAddress(ipv4: 0x0A00_0000 + UInt32(number), port: 7946)
    }

    static func at(_ milliseconds: Int) -> Instant {
        Instant(nanoseconds: 1_000_000_000_000 + Int64(milliseconds) * 1_000_000)
    }

    static func profile(_ number: Int, name: String? = nil, boot: UInt64 = 1) -> MemberProfile {
        MemberProfile(
            name: name ?? "node-\(number)", boot: BootTime(rawValue: boot),
            address: address(number), region: "r", zone: "z\(number % 2)")
    }

    static func machine(_ number: Int, settings: ClusterSettings = .region) -> MembershipMachine {
        var machine = MembershipMachine(
            id: id(number), profile: profile(number), settings: settings, seed: UInt64(number),
            now: at(0))
        _ = machine.start(now: at(0))
        return machine
    }
}

/// A few machines joined by hand: datagrams and streams are carried at once, or lost.
struct HandCarriedCluster {
    var machines: [MembershipMachine]
    var changes: [[MemberChange]]
    var displaced: Set<Int> = []
    var now = 0
    /// Nodes that neither send nor receive.
    var silent: Set<Int> = []

    init(_ count: Int, settings: ClusterSettings = .region) {
        machines = (0..<count).map { Fixture.machine($0 + 1, settings: settings) }
        changes = Array(repeating: [], count: count)
    }

    /// Lets the machines act until `milliseconds`, one step per millisecond.
    mutating func run(until milliseconds: Int) {
        while now < milliseconds {
            now += 1
            for index in machines.indices where !silent.contains(index) {
                if machines[index].deadline <= Fixture.at(now) {
                    carry(machines[index].onTimer(now: Fixture.at(now)), from: index)
                }
            }
        }
    }

    func index(at address: PeerAddress) -> Int? {
        machines.firstIndex { $0.own.profile?.address == address }
    }

    mutating func carry(_ actions: [MembershipAction], from: Int) {
        for action in actions {
            switch action {
            case .send(let payload, _, let address):
                guard let to = index(at: address), !silent.contains(to), !silent.contains(from)
                else { continue }
                let sender = machines[from].id
                let source = Fixture.address(from + 1)
                carry(
                    machines[to].onDatagram(
                        payload, from: sender, at: source, now: Fixture.at(now)), from: to)
            case .open(let stream, let address, let frame, _):
                exchange(stream, address, frame, from: from)
            case .finish(_, let frame):
                lastFrame = frame
            case .resolveSeeds:
                let seeds = machines.indices.map { Fixture.address($0 + 1) }
                carry(machines[from].onSeeds(seeds, now: Fixture.at(now)), from: from)
            case .changed(let change): changes[from].append(change)
            case .displaced: displaced.insert(from)
            default: break
            }
        }
    }

    private var lastFrame: Bytes?

    private mutating func exchange(
        _ stream: UInt64, _ address: PeerAddress, _ frame: Bytes, from: Int
    ) {
        guard let to = index(at: address), !silent.contains(to), !silent.contains(from) else {
            carry(machines[from].onStreamFailed(stream, now: Fixture.at(now)), from: from)
            return
        }
        let sender = machines[from].id
        let answer = machines[to].onStreamRequest(frame, from: sender, now: Fixture.at(now))
        carry(answer.actions, from: to)
        guard let reply = answer.reply else { return }
        lastFrame = nil
        let actions = machines[from].onStreamReply(
            stream, reply, from: machines[to].id, now: Fixture.at(now))
        carry(actions, from: from)
        if let last = lastFrame {
            let end = machines[to].onStreamRequest(last, from: sender, now: Fixture.at(now))
            carry(end.actions, from: to)
        }
    }
}
