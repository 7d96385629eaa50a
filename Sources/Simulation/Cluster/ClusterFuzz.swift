// SPDX-License-Identifier: Apache-2.0
public import Cluster
internal import Core

/// Hostile bytes against a gate and against a machine behind it.
public enum ClusterFuzz {
    /// What a run of mutated datagrams led to.
    public struct Outcome: Sendable {
        public internal(set) var sent = 0
        /// Altered datagrams that the gate let pass; must stay zero.
        public internal(set) var accepted = 0
        /// Altered payloads that the machine called malformed.
        public internal(set) var malformed = 0
        public internal(set) var deepestQueue = 0
        public internal(set) var mostMembers = 0
        public internal(set) var drops: [(reason: DropReason, count: Int)] = []

        /// True when nothing altered passed the gate and the machine stayed within its limits.
        public var isBounded: Bool {
            sent > 0 && accepted == 0 && deepestQueue <= 4096 && mostMembers <= 16_384
        }
    }

    /// Sends `count` mutants of real datagrams to a gate, and `count` of their payloads, as if an
    /// authentic but insane member had sent them, to a machine.
    public static func run(seed: UInt64, count: Int) -> Outcome {
        var generator = SeededGenerator(seed: seed)
        var outcome = Outcome()
        let world = ClusterWorld(options: ClusterOptions(nodes: 3), seed: generator.next())
        world.startAll()
        world.run(for: .seconds(3))
        let corpus = payloads(of: world)
        guard let receiver = world.uid(of: 0), let sender = world.uid(of: 1),
            var source = world.members[1].gate, var gate = world.members[0].gate,
            let fresh = world.members[0].machine, let boot = fresh.boot(of: sender)
        else { return outcome }
        var machine = fresh
        let now = world.members[0].localTime(world.time)
        for number in 0..<count {
            let payload = corpus[number % corpus.count]
            guard let sealed = source.seal(payload, to: receiver) else { continue }
            outcome.sent += 1
            let mutant = mutate(sealed, &generator)
            if let envelope = try? gate.inspect(mutant),
                (try? gate.open(mutant, envelope, boot: boot)) != nil
            {
                outcome.accepted += 1
            }
            let insane = mutate(payload, &generator)
            _ = machine.onDatagram(
                insane, from: sender, at: world.members[1].address, now: now)
            outcome.deepestQueue = max(outcome.deepestQueue, machine.queueDepth)
            outcome.mostMembers = max(outcome.mostMembers, machine.liveCount)
            if machine.hasEnded || number % 4096 == 4095 {
                outcome.malformed += machine.refusals.malformed
                machine = fresh
            }
        }
        outcome.malformed += machine.refusals.malformed
        outcome.drops = DropReason.allCases.map { ($0, gate.dropCount($0)) }
        return outcome
    }

    /// Payloads as machines send them: probes, records, farewells.
    private static func payloads(of world: ClusterWorld) -> [Bytes] {
        var found: [Bytes] = []
        for node in 0..<3 {
            guard var machine = world.machine(of: node) else { continue }
            let now = world.members[node].localTime(world.time)
            var actions = machine.setDraining(true, now: now)
            let value = Bytes(Array(repeating: UInt8(node), count: 200))
            actions += (try? machine.publish(value, for: "k", urgency: .urgent, now: now)) ?? []
            actions += machine.onTimer(now: max(machine.deadline, now))
            actions += machine.leave(now: now)
            for case .send(let payload, _, _) in actions { found.append(payload) }
        }
        return found
    }

    /// One to three changes: a byte, a bit, the length.
    private static func mutate(_ bytes: Bytes, _ generator: inout SeededGenerator) -> Bytes {
        var copy = (0..<bytes.count).map { bytes[$0] }
        for _ in 0...Int(generator.next() % 3) {
            let place = Int(generator.next() % UInt64(max(copy.count, 1)))
            switch generator.next() % 8 {
            case 0 where copy.count > 1: copy.removeLast(copy.count - place)
            case 1: copy.append(UInt8(truncatingIfNeeded: generator.next()))
            case 2 where place < copy.count:
                copy[place] = UInt8(truncatingIfNeeded: generator.next())
            default:
                if place < copy.count { copy[place] ^= 1 << UInt8(generator.next() % 8) }
            }
        }
        // Two changes may undo each other.
        let mutant = Bytes(copy)
        return mutant == bytes ? bytes.prefix(bytes.count - 1) : mutant
    }
}
