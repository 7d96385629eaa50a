// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

extension ClusterScenario {
    /// Loss for a long time; counts deaths of processes that ran.
    public static func loss(
        nodes: Int, datagrams: Double, segments: Double, for duration: Duration
    ) -> ClusterScenario {
        let name = segments == 0 ? "udp-loss" : "loss"
        return ClusterScenario(name, nodes: nodes) { stage in
            stage.settle()
            var conditions = NetworkConditions()
            conditions.datagramLoss = datagrams
            conditions.segmentLoss = segments
            stage.world.setConditions(conditions)
            let before = stage.world.statistics
            stage.world.run(for: duration)
            let after = stage.world.statistics
            let seconds = after.nodeSeconds - before.nodeSeconds
            stage.result.note("node-hours", seconds / 3600)
            stage.result.note("false-deaths", Double(after.falseDeaths - before.falseDeaths))
            stage.result.note("suspicions", Double(after.suspicions - before.suspicions))
            stage.world.setConditions(NetworkConditions())
            // What a node missed of the last refutations it learns by an exchange, one of which it
            // begins in each period of 15 s.
            let end = stage.world.now
            stage.awaitAgreement(within: .seconds(20), since: end)
            stage.result.note("healed", stage.longestFalseDeath())
        }
    }

    /// Bytes that an idle node sends per second, with headers, over datagrams and streams.
    public static func idle(nodes: Int, loss: Double = 0) -> ClusterScenario {
        ClusterScenario(
            loss == 0 ? "idle" : "idle-loss", nodes: nodes,
            options: { $0.recordsHistory = false }
        ) { stage in
            stage.settle()
            stage.world.run(for: .seconds(20))
            var conditions = NetworkConditions()
            conditions.datagramLoss = loss
            stage.world.setConditions(conditions)
            let before = stage.world.statistics
            stage.world.run(for: .seconds(120))
            let after = stage.world.statistics
            let seconds = after.nodeSeconds - before.nodeSeconds
            let datagrams = Double(after.datagramBytes - before.datagramBytes) / seconds
            let streams = Double(after.streamBytes - before.streamBytes) / seconds
            stage.result.note("bytes-per-second", datagrams + streams)
            stage.result.note("datagram-bytes-per-second", datagrams)
        }
    }

    /// Nothing passes from A to B, then from B to A, then both ways; all others reach both.
    public static func oneWay(nodes: Int) -> ClusterScenario {
        ClusterScenario("one-way", nodes: nodes) { stage in
            stage.settle()
            let pair = stage.pick(2)
            let start = stage.world.now
            let before = stage.world.statistics.suspicions
            for directions in [[0], [1], [0, 1]] {
                for first in directions {
                    stage.world.cut(from: pair[first], to: pair[1 - first])
                }
                stage.world.run(for: .seconds(60))
                stage.world.heal()
            }
            let deaths = stage.deaths(since: start) { pair.contains($0) }
            stage.result.require(deaths == 0, "\(deaths) deaths behind a one-way cut")
            let suspicions = stage.world.statistics.suspicions - before
            stage.result.note("suspicions-per-minute", Double(suspicions) / 3)
        }
    }

    /// A part of the nodes is stopped for a while, and again, and again.
    public static func stop(nodes: Int, for pause: Duration) -> ClusterScenario {
        ClusterScenario("stop-\(pause.milliseconds / 1000)s", nodes: nodes) { stage in
            stage.settle()
            stage.world.forbidsStallBlame = true
            var slowest = Duration.zero
            for _ in 0..<3 {
                let stopped = stage.pick(max(nodes / 4, 1))
                let start = stage.world.now
                for node in stopped { stage.world.pause(node) }
                stage.world.run(for: pause)
                for node in stopped { stage.world.resume(node) }
                let world = stage.world
                let resumed = world.now
                let back = world.run(atMost: .seconds(10), step: .milliseconds(5)) {
                    stopped.allSatisfy { world.isAliveEverywhere($0) }
                }
                stage.result.require(back, "the stopped are not alive everywhere")
                slowest = max(slowest, world.now - resumed)
                world.run(for: .seconds(5))
                let healthy = stage.deaths(since: start) { !stopped.contains($0) }
                stage.result.require(healthy == 0, "\(healthy) deaths of healthy members")
                if pause < .seconds(1) + .milliseconds(1) {
                    let deaths = stage.deaths(since: start) { _ in true }
                    stage.result.require(deaths == 0, "\(deaths) deaths after a short stop")
                }
            }
            stage.result.note("back", slowest)
        }
    }

    /// Some nodes have a tenth of a processor; the others must not suffer.
    public static func starve(nodes: Int, starved: Int, for duration: Duration) -> ClusterScenario {
        ClusterScenario("starve", nodes: nodes) { stage in
            stage.settle()
            let start = stage.world.now
            for node in 0..<starved { stage.world.starve(node, for: duration) }
            stage.world.run(for: .seconds(6))
            let scores = (0..<starved).map { stage.world.machine(of: $0)?.localHealth.score ?? 0 }
            stage.result.note("lowest-score", Double(scores.min() ?? 0))
            stage.world.run(for: duration - .seconds(6))
            let deaths = stage.deaths(since: start) { $0 >= starved }
            stage.result.require(deaths == 0, "\(deaths) deaths of healthy members")
            stage.world.run(for: .seconds(2))
        }
    }

    /// The cluster falls into sides for a while and heals by itself.
    public static func partition(
        nodes: Int, sides: Int, for duration: Duration, tombstones: Duration? = nil
    ) -> ClusterScenario {
        ClusterScenario(
            "partition-\(sides)", nodes: nodes,
            options: { options in
                options.recordsHistory = false
                if let tombstones { options.settings.tombstoneLife = tombstones }
            }
        ) { stage in
            stage.settle()
            stage.world.stripe(into: sides)
            stage.world.run(for: duration)
            stage.world.heal()
            stage.awaitAgreement(within: .seconds(30), since: stage.world.now)
        }
    }

    /// For every datagram that is sent, an old one is sent again; none may be accepted.
    public static func replay(nodes: Int, for duration: Duration) -> ClusterScenario {
        ClusterScenario("replay", nodes: nodes, options: { $0.conditions.replay = 1 }) { stage in
            stage.settle()
            stage.world.run(for: duration)
            stage.world.crash(0)
            stage.world.start(0)
            stage.world.run(for: .seconds(60))
            stage.result.require(stage.world.isConverged, stage.world.divergence ?? "")
            stage.result.note("replayed", Double(stage.world.dropCount(.replayed)))
            stage.result.note("not-authentic", Double(stage.world.dropCount(.notAuthentic)))
        }
    }

    /// An urgent record: when does the last node have it?
    public static func urgentRecord(nodes: Int) -> ClusterScenario {
        ClusterScenario("urgent-record", nodes: nodes) { stage in
            stage.settle()
            let writer = stage.random(nodes)
            guard let uid = stage.world.uid(of: writer) else { return }
            let start = stage.world.now
            stage.world.publish("open", key: "breaker", at: writer, urgency: .urgent)
            let key = RecordKey(owner: uid, key: "breaker")
            let world = stage.world
            let known = world.run(atMost: .seconds(10), step: .milliseconds(1)) {
                world.everybody(has: key)
            }
            stage.result.require(known, "the record did not reach all nodes")
            stage.result.note("all", world.now - start)
        }
    }
}

extension ClusterWorld {
    /// Whether all hold the process of a node for alive; a node without one counts as such.
    fileprivate func isAliveEverywhere(_ node: Int) -> Bool {
        uid(of: node).map { everybody(holds: $0, in: [.alive]) } ?? true
    }
}
