// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

extension ClusterScenario {
    /// A key rotation, with one node cut off while the others begin to use the new key.
    public static func keyRotation(nodes: Int) -> ClusterScenario {
        ClusterScenario("key-rotation", nodes: nodes) { stage in
            stage.settle()
            let old = KeyID(rawValue: 1)
            let new = KeyID(rawValue: 2)
            let absent = stage.random(nodes)
            let world = stage.world
            let leader = absent == 0 ? 1 : 0
            func forAll(_ step: (inout KeyRing) throws(KeyRing.Fault) -> Void) {
                for node in 0..<nodes { try? world.changeKeys(at: node, step) }
                world.run(for: .seconds(1))
            }
            func rotation() -> KeyRotation? { world.machine(of: leader).map { KeyRotation($0) } }
            forAll { _ in }
            stage.result.require(
                rotation()?.blockerOfUse(new)?.reason == .notInstalled, "used before installed")
            forAll { ring throws(KeyRing.Fault) in
                try ring.install(new, Secret("the second key of a simulation .."))
            }
            _ = world.run(atMost: .seconds(30)) { rotation()?.blockerOfUse(new) == nil }
            stage.result.require(rotation()?.blockerOfUse(new) == nil, "install was not reported")
            for other in 0..<nodes where other != absent {
                world.cut(from: absent, to: other)
                world.cut(from: other, to: absent)
            }
            for node in 0..<nodes where node != absent {
                try? world.changeKeys(at: node) { ring throws(KeyRing.Fault) in try ring.use(new) }
            }
            world.run(for: .seconds(1))
            stage.result.require(
                rotation()?.blockerOfRemoval(old) != nil,
                "removal would cut off a member")
            world.run(for: .seconds(5))
            world.heal()
            stage.awaitAgreement(within: .seconds(30), since: world.now)
            stage.result.require(
                rotation()?.blockerOfRemoval(old)?.member == world.uid(of: absent),
                "removal would cut off a member that came back")
            try? world.changeKeys(at: absent) { ring throws(KeyRing.Fault) in try ring.use(new) }
            _ = world.run(atMost: .seconds(30)) { rotation()?.blockerOfRemoval(old) == nil }
            forAll { ring throws(KeyRing.Fault) in try ring.remove(old) }
            world.run(for: .seconds(20))
            stage.result.require(world.isConverged, "no agreement after the rotation")
            let dropped =
                world.dropCount(.unknownKey) + world.dropCount(.notAuthentic)
                + world.dropCount(.replayed)
            stage.result.note("dropped", Double(dropped))
            stage.result.require(dropped == 0, "\(dropped) authentic packets were dropped")
        }
    }
}
