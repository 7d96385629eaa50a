// SPDX-License-Identifier: Apache-2.0
import Cluster
import Simulation
import Testing

@Suite struct MutationTests {
    /// Most mutants fall at the first seeds; the one of stalls needs a rare order of events, so its
    /// runs contain nothing but stops.
    @Test("a broken machine is caught within 500 seeds", arguments: Mutations.all.map(\.name))
    func caught(name: String) throws {
        let mutation = try #require(Mutations.all.first { $0.name == name }?.mutation)
        let faults: ClusterFaults? = mutation == .blamesOthersForStalls ? .stops : nil
        let seed = (0..<UInt64(500)).first { seed in
            !ClusterSwarm.run(seed: seed, faults: faults, mutations: mutation).hasPassed
        }
        let found = try #require(seed)
        #expect(ClusterSwarm.run(seed: found, faults: faults).hasPassed)
    }
}
