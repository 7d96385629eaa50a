// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

extension ClusterScenario {
    /// Two processes are given one name: in the end one of them has it, and nobody else suffers.
    static func sameName(nodes: Int) -> ClusterScenario {
        ClusterScenario("same-name", nodes: nodes) { stage in
            stage.settle()
            let pair = stage.pick(2)
            let world = stage.world
            world.leave(pair[1])
            world.run(for: .seconds(2))
            let start = world.now
            world.members[pair[1]].name = world.members[pair[0]].name
            world.start(pair[1])
            // Over when one of the two has given the name up and stays away.
            let settled = world.run(atMost: .seconds(60), step: .milliseconds(10)) {
                world.isRunning(pair[0]) != world.isRunning(pair[1]) && world.isConverged
                    && !world.isDisplacing
            }
            stage.result.note("agreed", world.now - start)
            stage.result.require(settled, "two processes with one name never come to rest")
            world.run(for: .seconds(10))
            stage.result.require(world.isConverged, world.divergence ?? "")
            stage.requireNoDeaths(since: start, except: pair)
        }
    }

    /// Nodes restart with wall clocks an hour behind, an hour ahead, and right again.
    static func clockJump(nodes: Int) -> ClusterScenario {
        ClusterScenario("clock-jump", nodes: nodes) { stage in
            stage.settle()
            let node = stage.random(nodes)
            let world = stage.world
            let start = world.now
            var slowest = Duration.zero
            for hours in [-1, 1, 0, -24] as [Int64] {
                world.members[node].wallSkew = hours * 3_600_000
                world.crash(node)
                world.run(for: .milliseconds(500))
                let restarted = world.now
                world.start(node)
                let agreed = world.run(atMost: .seconds(30), step: .milliseconds(10)) {
                    world.isRunning(node) && world.isConverged
                }
                stage.result.require(agreed, "a clock \(hours) h off: \(world.divergence ?? "")")
                slowest = max(slowest, world.now - restarted)
                world.run(for: .seconds(1))
            }
            stage.result.note("agreed", slowest)
            stage.requireNoDeaths(since: start, except: [node])
        }
    }

    /// Some seeds are addresses where nobody is, and one node has no other.
    static func badSeeds(nodes: Int) -> ClusterScenario {
        ClusterScenario("bad-seeds", nodes: nodes) { stage in
            let world = stage.world
            let nowhere = (1...3).map { PeerAddress(ipv4: 0xCB00_7100 + $0, port: 7946) }
            world.startAll()
            world.run(for: .seconds(1) + .milliseconds(10))
            let lost = stage.random(nodes)
            for node in 0..<nodes {
                let good = world.members.map(\.address)
                world.members[node].seeds = node == lost ? nowhere : good + nowhere
            }
            let start = world.now
            stage.awaitAgreement(within: .seconds(30), since: start)
            // Anew at an address that no list has: alone, and aware of it, until that is mended.
            world.crash(lost)
            world.run(for: .seconds(5))
            world.start(lost)
            world.run(for: .seconds(10))
            let joined = world.members[lost].look { $0.isJoined } ?? true
            stage.result.require(!joined, "a node that knows nobody believes that it has joined")
            for node in 0..<nodes { world.members[node].seeds = nil }
            let mended = world.now
            stage.awaitAgreement("mended", within: .seconds(30), since: mended)
        }
    }
}

extension ClusterStage {
    fileprivate mutating func requireNoDeaths(since start: Duration, except some: [Int]) {
        let deaths = deaths(since: start) { !some.contains($0) }
        result.require(deaths == 0, "\(deaths) deaths of nodes that had no part in it")
    }
}

extension ClusterWorld {
    /// True while a displaced process is about to begin anew.
    fileprivate var isDisplacing: Bool {
        members.contains { !$0.isUp && $0.restartsAt > time }
    }
}
