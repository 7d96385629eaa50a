// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Node

@Suite struct LoopCountTests {
    static let quotas: [(String, Int?)] = [
        ("100000 100000\n", 1), ("50000 100000\n", 1), ("150000 100000\n", 2),
        ("400000 100000", 4), ("max 100000\n", nil), ("", nil), ("0 100000", nil),
        ("100000 0", nil), ("-1 100000", nil), ("1 2 3", nil),
    ]

    @Test("a share of processor time is rounded up to processors", arguments: quotas)
    func quota(text: String, count: Int?) {
        #expect(LoopCount.processors(quota: text) == count)
    }

    @Test("there is always at least one worker")
    func standard() {
        #expect((1...LoopCount.maximum).contains(LoopCount.standard))
    }
}
