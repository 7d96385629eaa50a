// SPDX-License-Identifier: Apache-2.0
import Core
import Testing
import Upstreams

@Suite struct AttemptPlanTests {
    private func target(_ weight: Int = 1, priority: Int = 0) -> Target {
        Target(upstream: 0, model: nil, weight: weight, priority: priority)
    }

    /// Every choice of one plan until it gives none.
    private func order(
        _ targets: [Target], _ strategy: Strategy, seed: UInt64 = 1
    ) -> [Int] {
        var random = SeededGenerator(seed: seed)
        return order(targets, strategy, &random)
    }

    private func order(
        _ targets: [Target], _ strategy: Strategy, _ random: inout SeededGenerator
    ) -> [Int] {
        var plan = AttemptPlan()
        var chosen: [Int] = []
        while let index = plan.next(of: targets, strategy: strategy, random: &random) {
            chosen.append(index)
            if chosen.count > targets.count { break }
        }
        return chosen
    }

    @Test(
        "the first choice follows the weights",
        arguments: [[1, 1], [3, 1], [5, 3, 2], [1, 0, 9], [7, 7, 7, 7, 7, 7, 7]])
    func weights(weights: [Int]) {
        let targets = weights.map { target($0) }
        let draws = 20_000
        var counts = [Int](repeating: 0, count: weights.count)
        var random = SeededGenerator(seed: 42)
        for _ in 0..<draws {
            var plan = AttemptPlan()
            let index = plan.next(of: targets, strategy: .weighted, random: &random) ?? -1
            counts[index] += 1
        }
        let total = Double(weights.reduce(0, +))
        var chiSquare = 0.0
        for (index, weight) in weights.enumerated() where weight > 0 {
            let expected = Double(draws) * Double(weight) / total
            let difference = Double(counts[index]) - expected
            chiSquare += difference * difference / expected
        }
        // The 99.9th percentile for up to six degrees of freedom is 22.5.
        #expect(chiSquare < 22.5, "drawn \(counts)")
        for (index, weight) in weights.enumerated() where weight == 0 {
            #expect(counts[index] == 0)
        }
    }

    @Test("the second choice follows the weights of those that are left")
    func withoutReplacement() {
        let targets = [target(6), target(3), target(1)]
        var random = SeededGenerator(seed: 7)
        var secondIsOne = 0
        var firstIsZero = 0
        for _ in 0..<20_000 {
            let chosen = order(targets, .weighted, &random)
            #expect(chosen.sorted() == [0, 1, 2])
            guard chosen[0] == 0 else { continue }
            firstIsZero += 1
            if chosen[1] == 1 { secondIsOne += 1 }
        }
        let share = Double(secondIsOne) / Double(firstIsZero)
        #expect(abs(share - 0.75) < 0.015)
    }

    @Test("a lower priority is used up before a higher one", arguments: 0..<50 as Range<UInt64>)
    func priorities(seed: UInt64) {
        let targets = [
            target(5, priority: 2), target(1, priority: 1), target(9, priority: 0),
            target(3, priority: 1), target(0, priority: 0), target(2, priority: 2),
        ]
        let chosen = order(targets, .weighted, seed: seed)
        #expect(chosen.map { targets[$0].priority } == [0, 0, 1, 1, 2, 2])
        #expect(Set(chosen).count == targets.count)
        // Weight 0 takes part only when its priority has nothing else.
        #expect(Array(chosen.prefix(2)) == [2, 4])
    }

    @Test("the priority strategy keeps the order written and ignores weights")
    func priorityStrategy() {
        let targets = [
            target(1, priority: 1), target(0, priority: 0), target(99, priority: 0),
            target(5, priority: 1), target(7, priority: -1),
        ]
        #expect(order(targets, .priority) == [4, 1, 2, 0, 3])
    }

    @Test("targets that all weigh nothing are tried in the order written")
    func onlyZeros() {
        #expect(order([target(0), target(0), target(0)], .weighted) == [0, 1, 2])
    }

    @Test("no targets, no choice", arguments: Strategy.allCases)
    func empty(strategy: Strategy) {
        #expect(order([], strategy) == [])
        #expect(!AttemptPlan().hasUntried(of: []))
    }

    @Test("targets beyond 64 are never looked at", arguments: Strategy.allCases)
    func limit(strategy: Strategy) {
        var targets = [Target](repeating: target(), count: 70)
        targets[69] = target(1_000_000, priority: -5)
        let chosen = order(targets, strategy, seed: 3)
        #expect(chosen.count == AttemptPlan.maximumTargets)
        #expect(Set(chosen) == Set(0..<64))
        let full = [Target](repeating: target(), count: 64)
        #expect(order(full, strategy).count == 64)
    }

    @Test("there is an untried target until the last is chosen, and again after a restart")
    func untried() {
        let targets = [target(2), target(0), target(1, priority: 3)]
        var plan = AttemptPlan()
        var random = SeededGenerator(seed: 5)
        for left in [3, 2, 1] {
            #expect(plan.hasUntried(of: targets), "\(left) are left")
            #expect(plan.next(of: targets, strategy: .weighted, random: &random) != nil)
        }
        #expect(!plan.hasUntried(of: targets))
        #expect(plan.next(of: targets, strategy: .weighted, random: &random) == nil)
        plan.restart()
        #expect(plan.hasUntried(of: targets))
        #expect(plan.next(of: targets, strategy: .weighted, random: &random) == 0)
    }

    @Test("more than 64 targets do not look untried when all that count were tried")
    func untriedBeyondLimit() {
        let targets = [Target](repeating: target(), count: 65)
        var plan = AttemptPlan()
        var random = SeededGenerator(seed: 5)
        while plan.next(of: targets, strategy: .weighted, random: &random) != nil {}
        #expect(!plan.hasUntried(of: targets))
    }

    @Test("the same seed gives the same order")
    func replay() {
        let targets = (0..<20).map { target($0) }
        #expect(order(targets, .weighted, seed: 9) == order(targets, .weighted, seed: 9))
        #expect(order(targets, .weighted, seed: 9) != order(targets, .weighted, seed: 10))
    }
}
