// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Which seeded runs to make: a seed, how many from there on, and what replaces their draws.
public struct SimulationRequest: Sendable {
    public var firstSeed: UInt64
    public var count: UInt64 = 1
    /// Nodes in place of what the seed draws, or of the scenario's usual number.
    public var nodes: Int?
    /// Faults in place of what the seed draws; for the swarm only.
    public var faults: ClusterFaults?
    /// A course of the catalogue in place of the swarm.
    public var scenario: ScenarioCatalogue.Entry?
    /// Failures after which the rest is not worth its time.
    public var failureLimit = 10

    public init(firstSeed: UInt64) { self.firstSeed = firstSeed }

    /// What all runs of a request came to.
    public struct Outcome: Sendable {
        public internal(set) var runs: UInt64 = 0
        public internal(set) var failures: [ClusterRunResult] = []
        public internal(set) var nodeSeconds = 0.0
        public internal(set) var events = 0
        /// The last run, for who asked for one only.
        public internal(set) var last: ClusterRunResult?
    }

    /// Makes the runs one after another; `trace` gets a line per event of note.
    public func run(trace: ((String) -> Void)? = nil) -> Outcome {
        var outcome = Outcome()
        for offset in 0..<count {
            let result = run(seed: firstSeed &+ offset, trace: trace)
            outcome.runs += 1
            outcome.nodeSeconds += result.statistics.nodeSeconds
            outcome.events += result.statistics.events
            outcome.last = result
            if !result.hasPassed { outcome.failures.append(result) }
            if outcome.failures.count >= failureLimit { break }
        }
        return outcome
    }

    private func run(seed: UInt64, trace: ((String) -> Void)?) -> ClusterRunResult {
        if let scenario {
            return scenario.make(nodes ?? scenario.nodes).run(seed: seed, trace: trace)
        }
        return ClusterSwarm.run(seed: seed, nodes: nodes, faults: faults, trace: trace)
    }

    /// The arguments that repeat one run of this request.
    public func replay(_ seed: UInt64) -> String {
        var words = "--seed \(seed)"
        if let scenario { words += " --scenario \(scenario.name)" }
        if let nodes { words += " --nodes \(nodes)" }
        if let faults { words += " --faults \(faults.list)" }
        return words
    }
}
