// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

extension ClusterScenario {
    /// One process is killed; when does the first other node know, when do all?
    public static func crash(nodes: Int, loss: Double = 0) -> ClusterScenario {
        let name = loss == 0 ? "crash" : "crash-loss"
        return ClusterScenario(name, nodes: nodes, options: { $0.conditions.datagramLoss = loss }) {
            stage in
            stage.settle()
            let victim = stage.random(nodes)
            guard let uid = stage.world.uid(of: victim) else { return }
            let start = stage.world.now
            stage.world.crash(victim)
            let world = stage.world
            let known = world.run(atMost: .seconds(20), step: .milliseconds(5)) {
                world.everybody(holds: uid, in: [.dead])
            }
            stage.result.require(known, "I4: not all nodes know of the crash")
            let times = stage.times(uid, .dead, since: start)
            guard let first = times.first, let last = times.last else { return }
            stage.result.note("first", first)
            stage.result.note("all", last)
            stage.result.note("spread", last - first)
        }
    }

    /// A graceful leave: all know at once, nobody suspects.
    public static func leave(nodes: Int) -> ClusterScenario {
        ClusterScenario("leave", nodes: nodes) { stage in
            stage.settle()
            let leaver = stage.random(nodes)
            guard let uid = stage.world.uid(of: leaver) else { return }
            let start = stage.world.now
            stage.world.leave(leaver)
            stage.world.run(for: .seconds(5))
            let times = stage.times(uid, .left, since: start)
            stage.result.require(times.count == nodes - 1, "not all nodes know of the leave")
            stage.result.note("all", times.last ?? .zero)
            let suspicions = stage.times(uid, .suspect, since: start).count
            stage.result.require(suspicions == 0, "\(suspicions) nodes suspected a leaver")
        }
    }

    /// All processes are killed and restarted within 10 s, names kept, state gone.
    public static func restartAll(nodes: Int) -> ClusterScenario {
        ClusterScenario("restart-all", nodes: nodes) { stage in
            stage.settle()
            var order = stage.pick(nodes)
            let pause = Duration.seconds(10) / nodes
            while let node = order.popLast() {
                stage.world.crash(node)
                stage.world.run(for: pause)
                stage.world.start(node)
            }
            stage.awaitAgreement(within: .seconds(30), since: stage.world.now)
        }
    }

    /// One by one, each pod is killed and replaced by one with its name and a new address.
    public static func rollingRestart(nodes: Int) -> ClusterScenario {
        ClusterScenario("rolling-restart", nodes: nodes) { stage in
            stage.settle()
            var slowest = Duration.zero
            for node in stage.pick(nodes) {
                guard let old = stage.world.uid(of: node) else { return }
                stage.world.crash(node)
                stage.world.run(for: .milliseconds(200))
                stage.world.start(node)
                let start = stage.world.now
                let world = stage.world
                let gone = world.run(atMost: .seconds(5), step: .milliseconds(5)) {
                    world.everybody(holds: old, in: [.dead, .left])
                }
                stage.result.require(gone, "the old uid of node \(node) lives on")
                slowest = max(slowest, stage.world.now - start)
                stage.world.run(for: .seconds(2))
            }
            stage.result.note("old-gone", slowest)
            stage.awaitAgreement(within: .seconds(30), since: stage.world.now)
        }
    }

    /// A join and a leave each second.
    public static func churn(nodes: Int, for duration: Duration) -> ClusterScenario {
        ClusterScenario("churn", nodes: nodes, options: { $0.recordsHistory = false }) { stage in
            stage.settle()
            let end = stage.world.now + duration
            var deepest: [Int] = []
            while stage.world.now < end {
                let node = stage.random(nodes)
                stage.world.leave(node)
                stage.world.run(for: .milliseconds(500))
                for down in 0..<nodes where stage.world.uid(of: down) == nil {
                    stage.world.start(down)
                    break
                }
                stage.world.run(for: .milliseconds(500))
                deepest.append(stage.world.machine(of: stage.random(nodes))?.queueDepth ?? 0)
            }
            deepest.sort()
            stage.result.note("queue-p99", Double(deepest[deepest.count * 99 / 100]))
            let known = (0..<nodes).map { stage.world.machine(of: $0)?.members.count ?? 0 }.max()
            stage.result.note("records", Double(known ?? 0))
        }
    }
}
