// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// A course of events with figures to measure and promises to keep; repeatable by seed.
public struct ClusterScenario: Sendable {
    /// As it is printed and asked for.
    public let name: String
    public let nodes: Int
    private let course: @Sendable (inout ClusterStage) -> Void
    private let adjust: @Sendable (inout ClusterOptions) -> Void

    init(
        _ name: String, nodes: Int,
        options: @escaping @Sendable (inout ClusterOptions) -> Void = { _ in },
        _ course: @escaping @Sendable (inout ClusterStage) -> Void
    ) {
        self.name = name
        self.nodes = nodes
        self.course = course
        adjust = options
    }

    /// Plays the course with everything random drawn from the seed.
    public func run(seed: UInt64, trace: ((String) -> Void)? = nil) -> ClusterRunResult {
        var options = ClusterOptions(nodes: nodes)
        options.recordsHistory = true
        adjust(&options)
        let world = ClusterWorld(options: options, seed: seed, trace: trace)
        var stage = ClusterStage(
            world: world, generator: SeededGenerator(seed: ~seed),
            result: ClusterRunResult(scenario: name, seed: seed, nodes: nodes))
        course(&stage)
        stage.result.finish(world)
        return stage.result
    }
}
