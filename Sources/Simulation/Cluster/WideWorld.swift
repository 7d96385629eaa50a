// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// Regions joined by bridges, over a world of nodes and of their wide machines.
///
/// Each node of the first half has a `WidePool`; the member in the same place of the second half is
/// its wide machine.
final class WideWorld {
    let world: ClusterWorld
    let nodes: Int
    private var pools: [WidePool]
    /// Regions each node calls reachable.
    private(set) var reachable: [Set<String>]
    /// Terms begun so far, over all nodes.
    private(set) var terms = 0

    /// How often each node looks at its views; a shell does so on every change as well.
    private static let period = Duration.milliseconds(100)

    init(_ world: ClusterWorld, bridges: Int = 3) {
        precondition(world.options.regions > 1 && world.options.keepsAddresses)
        self.world = world
        nodes = world.options.nodes / 2
        pools = []
        reachable = Array(repeating: [], count: nodes)
        for node in 0..<nodes { world.assignAddress(nodes + node) }
        pools = (0..<nodes).map { Self.makePool(world, $0, bridges) }
        world.wide = self
    }

    /// What a process starts with: every other region's nodes as seeds.
    private static func makePool(_ world: ClusterWorld, _ node: Int, _ bridges: Int) -> WidePool {
        let nodes = world.options.nodes / 2
        let own = world.members[node].pool
        let others = world.members[nodes...].filter { $0.pool.region != own.region }
        return WidePool(
            region: own.regionName, address: world.members[nodes + node].address,
            seeds: others.map {
                WidePool.Seed(region: $0.pool.regionName, address: $0.address)
            }, bridges: bridges)
    }

    // MARK: Running

    /// Starts all nodes within a second; their wide machines follow by election.
    func startAll() {
        for node in 0..<nodes { start(node) }
    }

    func start(_ node: Int) {
        world.start(node)
        // Listens before it is elected, to tell others who is.
        world.standBy(nodes + node)
    }

    /// Ends a node with both of its machines.
    func crash(_ node: Int) {
        world.crash(node)
        world.crash(nodes + node)
        pools[node] = Self.makePool(world, node, pools[node].bridges)
        reachable[node] = []
    }

    func run(for duration: Duration) { _ = run(atMost: duration) { false } }

    /// Lets time pass until the condition holds; false when it did not.
    func run(atMost duration: Duration, until done: () -> Bool) -> Bool {
        let end = world.now + duration
        while world.now < end {
            if done() { return true }
            world.run(for: min(Self.period, end - world.now))
            for node in 0..<nodes where world.isRunning(node) { look(node) }
        }
        return done()
    }

    private func look(_ node: Int) {
        let shadow = world.members[nodes + node]
        var actions: [WidePool.Action] = []
        if pools[node].isBridge, shadow.machine == nil {
            world.standBy(nodes + node)
            actions += pools[node].onEnd()
        }
        let local = world.members[node].localTime(world.time)
        actions += world.members[node].look { pools[node].onRegion($0, now: local) } ?? []
        actions += shadow.look { pools[node].onWide($0) } ?? []
        for action in actions { perform(action, node) }
    }

    private func perform(_ action: WidePool.Action, _ node: Int) {
        switch action {
        case .begin:
            terms += 1
            world.crash(nodes + node)
            world.start(nodes + node)
        case .resign:
            world.leave(nodes + node)
        case .publish(let value):
            world.publish(value, key: WidePool.recordKey, at: node, urgency: .urgent)
        case .region(let name, let isReachable):
            world.note { "node \(node): \(name) is \(isReachable ? "reachable" : "cut off")" }
            if isReachable { reachable[node].insert(name) } else { reachable[node].remove(name) }
        }
    }

    // MARK: What the world asks

    /// The seeds a member finds; those of the region for a regional machine.
    func seeds(of member: Int) -> [PeerAddress] {
        guard member >= nodes else {
            let region = world.members[member].pool.region
            return world.members[..<nodes].filter { $0.isUp && $0.pool.region == region }
                .map(\.address)
        }
        let node = member - nodes
        let found = world.members[node].look { regional in
            world.members[member].look { pools[node].seeds(regional, $0) }
        }
        return (found ?? nil) ?? []
    }

    /// What a node that is no bridge answers to a frame for the wide pool.
    func referral(of member: Int, _ frame: Bytes) -> Bytes? {
        guard member >= nodes, world.members[member].machine == nil else { return nil }
        let node = member - nodes
        return world.members[node].look { pools[node].referral(for: frame, $0) } ?? nil
    }

    // MARK: What scenarios ask

    /// Nodes of a region that are bridges and whose wide machine runs.
    func bridges(of region: Int) -> [Int] {
        (0..<nodes).filter { node in
            world.members[node].pool.region == region && world.isRunning(node)
                && pools[node].isBridge && world.members[nodes + node].machine != nil
        }
    }

    /// Why the wide pool is not as it should be; nil when it is.
    ///
    /// Each region has its bridges; each bridge holds exactly the bridges that run for alive, and
    /// reaches all regions.
    var divergence: String? {
        var all: [Int] = []
        for region in 0..<world.options.regions {
            let found = bridges(of: region)
            let size = (0..<nodes).count {
                world.members[$0].pool.region == region && world.isRunning($0)
            }
            let wanted = min(size, pools[0].bridges)
            guard found.count == wanted else {
                return "region \(region + 1) has \(found.count) bridges instead of \(wanted)"
            }
            all += found
        }
        let uids = Set(all.compactMap { world.uid(of: nodes + $0) })
        for node in all {
            let alive = world.members[nodes + node].look { machine in
                Set(machine.members.filter { $0.status == .alive }.map(\.id))
            }
            guard alive == uids else { return "bridge \(node) sees \(alive?.count ?? 0) bridges" }
            guard reachable[node].count == world.options.regions - 1 else {
                return "bridge \(node) reaches \(reachable[node].count) regions"
            }
        }
        return nil
    }
}
