// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Cluster

@Suite struct StandingTests {
    @Test("standings are ordered by finality, incarnation and rank")
    func order() {
        let one = Incarnation(rawValue: 1)
        let two = Incarnation(rawValue: 2)
        let ascending: [Standing] = [
            Standing(.alive, one), Standing(.suspect, one), Standing(.dead, one),
            Standing(.alive, two), Standing(.suspect, two), Standing(.dead, two),
            Standing(.left, .zero), Standing(.left, one), .replaced,
        ]
        for left in ascending.indices {
            for right in ascending.indices {
                #expect((ascending[left] < ascending[right]) == (left < right))
            }
        }
    }

    @Test("a boot follows the floor even when the wall clock is behind it")
    func boots() {
        let floor = BootTime(milliseconds: 1000)
        #expect(BootTime(milliseconds: 10, after: floor) > floor)
        #expect(BootTime(milliseconds: 2000, after: floor) == BootTime(milliseconds: 2000))
    }

    @Test("equal records in any order make equal digests")
    func digests() {
        var generator = SeededGenerator(seed: 1)
        let words = (0..<50).map { _ in (generator.next(), generator.next()) }
        var forward = Digest()
        var backward = Digest()
        for (fingerprint, key) in words { forward.toggle(fingerprint, of: key) }
        for (fingerprint, key) in words.reversed() { backward.toggle(fingerprint, of: key) }
        #expect(forward == backward)
        backward.toggle(1, of: 5)
        #expect(forward.difference(backward) == 1 << 5)
    }
}
