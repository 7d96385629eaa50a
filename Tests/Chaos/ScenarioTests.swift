// SPDX-License-Identifier: Apache-2.0
import Simulation
import Testing

@Suite struct ScenarioTests {
    @Test(
        "the courses of the test table keep their promises",
        arguments: [
            ClusterScenario.crash(nodes: 5), .crash(nodes: 8, loss: 0.05), .leave(nodes: 8),
            .restartAll(nodes: 5), .rollingRestart(nodes: 4), .oneWay(nodes: 4),
            .stop(nodes: 8, for: .seconds(1)), .stop(nodes: 8, for: .seconds(8)),
            .partition(nodes: 5, sides: 2, for: .seconds(30)),
            .partition(nodes: 6, sides: 3, for: .seconds(30)), .keyRotation(nodes: 5),
            .replay(nodes: 4, for: .seconds(30)), .urgentRecord(nodes: 8),
            .churn(nodes: 8, for: .seconds(20)),
        ])
    func promises(scenario: ClusterScenario) {
        let result = scenario.run(seed: 1)
        #expect(result.hasPassed, "\(result)")
    }

    @Test(
        "regions stay joined, and mistakes of operators harm nobody else",
        arguments: [
            "bridge-crash", "bridges-crash", "region-cut", "wide-rolling-restart", "same-name",
            "clock-jump", "bad-seeds",
        ])
    func catalogue(name: String) throws {
        let entry = try #require(ScenarioCatalogue.entry(name))
        for seed in 1...2 as ClosedRange<UInt64> {
            let result = entry.make(entry.nodes).run(seed: seed)
            #expect(result.hasPassed, "\(result)")
        }
    }

    @Test("a refutation that one node missed in the last moment of loss reaches it by an exchange")
    func lastMoment() throws {
        let entry = try #require(ScenarioCatalogue.entry("loss"))
        // Five seconds after the end of the loss, one node still held another's old incarnation.
        let result = entry.make(8).run(seed: 513)
        #expect(result.hasPassed, "\(result)")
        #expect(try #require(result["agreed"]) > 5, "\(result)")
    }

    @Test("detection, bandwidth and repair stay within their bounds")
    func bounds() throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let crash = ClusterScenario.crash(nodes: 5).run(seed: seed)
            #expect(try #require(crash["first"]) <= 2.5, "\(crash)")
            #expect(try #require(crash["spread"]) <= 0.15, "\(crash)")
            let heal = ClusterScenario.partition(nodes: 5, sides: 2, for: .seconds(20))
                .run(seed: seed)
            #expect(try #require(heal["agreed"]) <= 5, "\(heal)")
        }
        let idle = ClusterScenario.idle(nodes: 5).run(seed: 1)
        #expect(try #require(idle["bytes-per-second"]) <= 1000, "\(idle)")
        let loss = ClusterScenario.loss(
            nodes: 5, datagrams: 0.3, segments: 0, for: .seconds(60)
        ).run(seed: 1)
        #expect(loss["false-deaths"] == 0, "\(loss)")
    }
}
