// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The outcome of one seeded run; printed whole when it failed, so that anyone can repeat it.
public struct ClusterRunResult: Sendable, CustomStringConvertible {
    public let scenario: String
    public let seed: UInt64
    public let nodes: Int
    /// Named figures, in the order in which they were taken.
    public var measures: [(name: String, value: Double)] = []
    public var violations: [String] = []
    public var statistics = ClusterStatistics()

    public init(scenario: String, seed: UInt64, nodes: Int) {
        self.scenario = scenario
        self.seed = seed
        self.nodes = nodes
    }

    public var hasPassed: Bool { violations.isEmpty }

    /// A figure by name; nil when the run did not get so far.
    public subscript(name: String) -> Double? { measures.first { $0.name == name }?.value }

    public var description: String {
        let figures = measures.map { " \($0.name)=\($0.value)" }.joined()
        let head = "scenario=\(scenario) seed=\(seed) nodes=\(nodes)\(figures)"
        return ([head] + violations.map { "  " + $0 }).joined(separator: "\n")
    }

    mutating func note(_ name: String, _ duration: Duration) {
        measures.append((name, Double(duration.nanoseconds) / 1e9))
    }

    mutating func note(_ name: String, _ value: Double) { measures.append((name, value)) }

    /// Takes over what the world found.
    mutating func finish(_ world: ClusterWorld) {
        violations.append(contentsOf: world.violations)
        statistics = world.statistics
    }

    mutating func require(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition { violations.append(text()) }
    }
}
