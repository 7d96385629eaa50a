// SPDX-License-Identifier: Apache-2.0
public import Cluster
internal import Core

/// Swarm testing: each seed draws its own cluster, its own mix of faults and their times.
///
/// Safety first: while faults last, no invariant may break. Then liveness: the faults end, and all
/// views must become equal and true within a bound.
public enum ClusterSwarm {
    /// How long faults last.
    public static let safetyPhase = Duration.seconds(25)
    /// Time after the last fault within which all views are equal.
    public static let convergenceBound = Duration.seconds(30)

    /// Runs one seed; `nodes` and `faults` replace what the seed would draw.
    public static func run(
        seed: UInt64, nodes: Int? = nil, faults: ClusterFaults? = nil,
        mutations: Mutations = [], trace: ((String) -> Void)? = nil
    ) -> ClusterRunResult {
        var generator = SeededGenerator(seed: seed)
        let drawnNodes = [3, 4, 5, 6, 8, 12, 16][Int(generator.next() % 7)]
        let drawnFaults = ClusterFaults.draw(using: &generator)
        let mix = faults ?? drawnFaults
        var options = ClusterOptions(nodes: nodes ?? drawnNodes)
        options.settings.mutations = mutations
        options.conditions = mix.conditions(using: &generator)
        options.checksRefutations = true
        options.keepsAddresses = Bool.random(using: &generator)
        if Int.random(in: 0..<4, using: &generator) == 0 { options.seeds = .first(3) }
        if mix.contains(.skew) {
            options.wallSkew = .seconds(20)
            options.clockDrift = 0.01
        }
        let world = ClusterWorld(options: options, seed: generator.next(), trace: trace)
        world.forbidsStallBlame = mix == .stops
        var run = SwarmRun(world: world, faults: mix, generator: generator)
        var result = ClusterRunResult(scenario: "swarm", seed: seed, nodes: options.nodes)
        run.play(&result)
        result.finish(world)
        return result
    }
}

/// One seed's course.
private struct SwarmRun {
    let world: ClusterWorld
    let faults: ClusterFaults
    var generator: SeededGenerator

    mutating func play(_ result: inout ClusterRunResult) {
        world.startAll(within: .seconds(3))
        world.run(for: .seconds(3))
        while world.now < ClusterSwarm.safetyPhase + .seconds(3), world.violations.isEmpty {
            act()
            world.run(for: .milliseconds(Int.random(in: 20...1500, using: &generator)))
        }
        guard world.violations.isEmpty else { return }
        world.calm()
        let healed = world.now
        let converged = world.run(atMost: ClusterSwarm.convergenceBound) { world.isConverged }
        result.note("converged", world.now - healed)
        let reason = world.divergence ?? ""
        result.require(converged, "I4: no agreement after the faults: \(reason)")
    }

    private mutating func act() {
        let node = Int.random(in: 0..<world.options.nodes, using: &generator)
        let other = Int.random(in: 0..<world.options.nodes, using: &generator)
        switch Int.random(in: 0..<9, using: &generator) {
        case 0 where faults.contains(.stops): world.pause(node)
        case 1 where faults.contains(.stops): world.resume(node)
        case 2 where faults == .stops: world.resume(other)
        case 2 where faults.contains(.crashes): world.crash(node)
        case 3: world.start(node)
        case 4 where faults.contains(.leaves): world.leave(node)
        case 5 where faults.contains(.partitions): world.partition(into: 2 + node % 2)
        case 6 where faults.contains(.cuts) && node != other: world.cut(from: node, to: other)
        case 7 where faults.contains(.clogs) && node != other:
            let time = Duration.milliseconds(Int.random(in: 10...3000, using: &generator))
            world.clog(from: node, to: other, for: time)
        case 8 where Bool.random(using: &generator): world.heal()
        default: publish(at: node)
        }
    }

    private mutating func publish(at node: Int) {
        let size = Int.random(in: 1...400, using: &generator)
        let letter = UInt8.random(in: 97...122, using: &generator)
        let key = "key-\(Int.random(in: 0..<5, using: &generator))"
        let isUrgent = Bool.random(using: &generator)
        let value = Bytes(Array(repeating: letter, count: size))
        world.publish(value, key: key, at: node, urgency: isUrgent ? .urgent : .routine)
    }
}
