// SPDX-License-Identifier: Apache-2.0
import Foundation
import Simulation
import Testing

@Suite struct FuzzTests {
    @Test("no altered datagram is accepted, and altered news from a member stay within bounds")
    func mutants() {
        let environment = ProcessInfo.processInfo.environment["APUS_CHAOS_MUTANTS"]
        let count = environment.flatMap { Int($0) } ?? 20_000
        let outcome = ClusterFuzz.run(seed: 1, count: count)
        #expect(outcome.sent == count)
        #expect(outcome.accepted == 0)
        #expect(outcome.malformed > count / 100)
        #expect(outcome.deepestQueue <= 4096)
        #expect(outcome.mostMembers < 100 + count)
    }
}
