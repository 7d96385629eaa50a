// SPDX-License-Identifier: Apache-2.0
public import Core

/// The order in which one exchange tries its targets: each at most once, chosen lazily.
///
/// Within a priority the choice is by weight without replacement; priorities go upwards.
/// Targets beyond `maximumTargets` are never looked at, so the state is one word.
public struct AttemptPlan: Sendable {
    /// Targets of one route that can take part: one bit each.
    public static let maximumTargets = 64

    private var tried: UInt64 = 0

    public init() {}

    /// Chooses the next target, or nil when each was tried.
    public mutating func next(
        of targets: [Target], strategy: Strategy, random: inout SeededGenerator
    ) -> Int? {
        let limit = min(targets.count, Self.maximumTargets)
        let choice =
            strategy == .priority
            ? firstUntried(of: targets, limit: limit)
            : weightedChoice(of: targets, limit: limit, random: &random)
        if let choice { tried |= 1 << UInt64(choice) }
        return choice
    }

    /// Whether there is a target that was not tried.
    public func hasUntried(of targets: [Target]) -> Bool {
        let limit = min(targets.count, Self.maximumTargets)
        return tried.nonzeroBitCount < limit
    }

    /// Forgets what was tried, for the next route of a fallback chain.
    public mutating func restart() { tried = 0 }

    private func isUntried(_ index: Int) -> Bool { tried & (1 << UInt64(index)) == 0 }

    private func firstUntried(of targets: [Target], limit: Int) -> Int? {
        var best: Int?
        for index in 0..<limit where isUntried(index) {
            if let best, targets[best].priority <= targets[index].priority { continue }
            best = index
        }
        return best
    }

    private func weightedChoice(
        of targets: [Target], limit: Int, random: inout SeededGenerator
    ) -> Int? {
        guard let first = firstUntried(of: targets, limit: limit) else { return nil }
        let priority = targets[first].priority
        var total = 0
        for index in 0..<limit where isUntried(index) && targets[index].priority == priority {
            total += targets[index].weight
        }
        guard total > 0 else { return first }
        var point = Int(random.next() % UInt64(total))
        for index in 0..<limit where isUntried(index) && targets[index].priority == priority {
            point -= targets[index].weight
            if point < 0 { return index }
        }
        return first
    }
}
