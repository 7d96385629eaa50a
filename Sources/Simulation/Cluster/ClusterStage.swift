// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// What a scenario works with: the world, choices of its own, and the figures it takes.
struct ClusterStage {
    let world: ClusterWorld
    var generator: SeededGenerator
    var result: ClusterRunResult

    var nodes: Int { world.options.nodes }

    /// More nodes than these start from a snapshot; a thousand joins at once cost half a minute.
    private static let joinLimit = 256

    /// Starts all nodes, waits for agreement, then a random part of a second.
    mutating func settle(within spread: Duration = .seconds(1)) {
        if nodes > Self.joinLimit {
            world.startAcquainted()
        } else {
            world.startAll(within: spread)
        }
        world.run(for: spread + .milliseconds(10))
        let agreed = world.run(atMost: .seconds(60)) { world.isConverged }
        result.require(agreed, "no agreement at the start: \(world.divergence ?? "")")
        world.run(for: .seconds(5) + .milliseconds(random(1000)))
    }

    mutating func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    /// Different nodes, drawn at random.
    mutating func pick(_ count: Int) -> [Int] {
        Array(Array(0..<nodes).shuffled(using: &generator).prefix(count))
    }

    /// Waits for agreement after `start` and notes how long it took.
    mutating func awaitAgreement(
        _ name: String = "agreed", within bound: Duration, since start: Duration
    ) {
        let agreed = world.run(atMost: bound, step: .milliseconds(10)) { world.isConverged }
        result.note(name, world.now - start)
        result.require(agreed, "no agreement within \(bound): \(world.divergence ?? "")")
    }

    /// Times after `start` at which each observer first saw the uid in that status.
    func times(_ uid: MemberID, _ status: MemberStatus, since start: Duration) -> [Duration] {
        var first: [Int: Duration] = [:]
        for observation in world.history where observation.time >= start {
            guard observation.change.member == uid, observation.change.after.status == status
            else { continue }
            if first[observation.observer] == nil {
                first[observation.observer] = observation.time - start
            }
        }
        return first.values.sorted()
    }

    /// The longest time for which any node held one dead that it later showed alive again.
    func longestFalseDeath() -> Duration {
        var since: [Int: [MemberID: Duration]] = [:]
        var longest = Duration.zero
        for observation in world.history {
            let uid = observation.change.member
            if observation.change.after.isLive {
                guard let death = since[observation.observer]?.removeValue(forKey: uid) else {
                    continue
                }
                longest = max(longest, observation.time - death)
            } else {
                since[observation.observer, default: [:]][uid] = observation.time
            }
        }
        return longest
    }

    /// Declarations of death by timeout since `start` about uids that `isWell` vouches for.
    func deaths(since start: Duration, about isWell: (Int) -> Bool) -> Int {
        world.history.count { observation in
            observation.time >= start && observation.change.after.status == .dead
                && observation.change.reason == .timeout
                && observation.subject.map(isWell) ?? false
        }
    }
}
