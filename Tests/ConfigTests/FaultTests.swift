// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct FaultTests {
    @Test("an unknown key names the nearest known one")
    func unknownKey() {
        #expect(
            findings(minimal + "timeuots: { total: 5s }\n") == [
                "apus.yaml:3:1: unknown key 'timeuots' in the configuration;"
                    + " did you mean 'timeouts'?"
            ])
    }
}
