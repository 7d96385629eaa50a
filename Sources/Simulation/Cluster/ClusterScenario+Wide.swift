// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

extension ClusterScenario {
    /// A scenario of several regions, each with a pool of `nodes / regions`.
    private static func wide(
        _ name: String, nodes: Int, regions: Int,
        _ course: @escaping @Sendable (inout ClusterStage, WideWorld) -> Void
    ) -> ClusterScenario {
        let adjust: @Sendable (inout ClusterOptions) -> Void = { options in
            options.nodes = nodes * 2
            options.regions = regions
            options.keepsAddresses = true
        }
        return ClusterScenario(name, nodes: nodes, options: adjust) { stage in
            let wide = WideWorld(stage.world)
            wide.startAll()
            stage.awaitBridges(wide, "joined", within: .seconds(60))
            wide.run(for: .seconds(10) + .milliseconds(stage.random(1000)))
            course(&stage, wide)
        }
    }

    /// One bridge is killed: the next in rank takes its place while the others carry on.
    static func bridgeCrash(nodes: Int, regions: Int) -> ClusterScenario {
        wide("bridge-crash", nodes: nodes, regions: regions) { stage, wide in
            guard let victim = wide.bridges(of: 0).first,
                let old = stage.world.uid(of: wide.nodes + victim)
            else { return }
            let start = stage.world.now
            let before = Set(wide.bridges(of: 0))
            var wasCutOff = false
            wide.crash(victim)
            let replaced = wide.run(atMost: .seconds(30)) {
                wasCutOff = wasCutOff || !wide.isReached(0)
                return wide.bridges(of: 0).contains { node in
                    !before.contains(node) && wide.isKnown(node)
                }
            }
            stage.result.note("successor", stage.world.now - start)
            stage.result.require(replaced, "nobody took the place of bridge \(victim)")
            let buried = wide.run(atMost: .seconds(120)) {
                wasCutOff = wasCutOff || !wide.isReached(0)
                return wide.everyBridge(holds: old, in: [.dead, .left])
            }
            stage.result.note("buried", stage.world.now - start)
            stage.result.require(buried, "the dead bridge lives on")
            stage.result.require(!wasCutOff, "its region was cut off with it")
            stage.awaitBridges(wide, "agreed", within: .seconds(60))
        }
    }

    /// All bridges of a region are killed at once: the region elects others, who find the rest.
    static func allBridgesCrash(nodes: Int, regions: Int) -> ClusterScenario {
        wide("bridges-crash", nodes: nodes, regions: regions) { stage, wide in
            for node in wide.bridges(of: 0) { wide.crash(node) }
            stage.awaitBridges(wide, "agreed", within: .seconds(120))
        }
    }

    /// A region is cut off from the others and comes back; its own pool notices nothing.
    static func regionCut(
        nodes: Int, regions: Int, for duration: Duration
    ) -> ClusterScenario {
        wide("region-cut", nodes: nodes, regions: regions) { stage, wide in
            let suspicions = wide.regionalSuspicions
            for member in stage.world.members where member.pool.region == 0 {
                stage.world.network.setSide(1, of: member.index)
            }
            let start = stage.world.now
            let noticed = wide.run(atMost: duration) { !wide.isReached(0) }
            stage.result.note("noticed", stage.world.now - start)
            stage.result.require(noticed, "the others do not notice that a region is cut off")
            wide.run(for: max(.zero, duration - (stage.world.now - start)))
            stage.world.heal()
            stage.awaitBridges(wide, "agreed", within: .seconds(60))
            stage.result.require(
                wide.regionalSuspicions == suspicions, "a regional pool noticed the cut")
        }
    }

    /// Each node in turn is killed and started anew: the regions stay joined.
    static func wideRollingRestart(nodes: Int, regions: Int) -> ClusterScenario {
        wide("wide-rolling-restart", nodes: nodes, regions: regions) { stage, wide in
            let terms = wide.terms
            var cutOff = 0
            for node in stage.pick(nodes).filter({ $0 < nodes }) {
                wide.crash(node)
                wide.run(for: .milliseconds(500))
                wide.start(node)
                wide.run(for: .seconds(10))
                if (0..<regions).contains(where: { !wide.isReached($0) }) { cutOff += 1 }
            }
            stage.result.note("terms", Double(wide.terms - terms))
            stage.result.require(cutOff == 0, "a region was cut off at \(cutOff) of the restarts")
            stage.awaitBridges(wide, "agreed", within: .seconds(120))
        }
    }
}

extension ClusterStage {
    /// Waits until the wide pool is as it should be.
    fileprivate mutating func awaitBridges(
        _ wide: WideWorld, _ name: String, within bound: Duration
    ) {
        let start = world.now
        let agreed = wide.run(atMost: bound) { wide.divergence == nil }
        result.note(name, world.now - start)
        result.require(agreed, "no agreement of bridges: \(wide.divergence ?? "")")
    }
}

extension WideWorld {
    /// All bridges of all regions.
    private var allBridges: [Int] { (0..<world.options.regions).flatMap { bridges(of: $0) } }

    /// True when every bridge elsewhere calls the region reachable.
    fileprivate func isReached(_ region: Int) -> Bool {
        let name = "region-\(region + 1)"
        return allBridges.allSatisfy { node in
            world.members[node].pool.region == region || isYoung(node)
                || reachable[node].contains(name)
        }
    }

    /// A bridge that has not finished its first exchange knows nobody yet.
    private func isYoung(_ node: Int) -> Bool {
        world.members[nodes + node].look { !$0.isJoined } ?? true
    }

    /// True when all bridges of other regions hold the node's wide machine for alive.
    fileprivate func isKnown(_ node: Int) -> Bool {
        guard let uid = world.uid(of: nodes + node) else { return false }
        let region = world.members[node].pool.region
        return everyBridge(holds: uid, in: [.alive]) { world.members[$0].pool.region != region }
    }

    fileprivate func everyBridge(
        holds uid: MemberID, in states: [MemberStatus], where counts: (Int) -> Bool = { _ in true }
    ) -> Bool {
        allBridges.allSatisfy { node in
            guard counts(node), world.uid(of: nodes + node) != uid else { return true }
            // Who has never heard of it holds it neither alive nor dead.
            let status = world.members[nodes + node].look { $0.member(uid)?.status } ?? nil
            return states.contains(status ?? .left)
        }
    }

    /// Suspicions that regional machines have begun so far.
    fileprivate var regionalSuspicions: Int {
        world.history.count { $0.observer < nodes && $0.change.after.status == .suspect }
    }
}
