// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Which packets arrive, when, and in what state.
struct SimulatedNetwork {
    var conditions: NetworkConditions
    private var generator: SeededGenerator
    /// Sides of a partition by node; packets stay on their side.
    private var sides: [UInt8]
    /// Regions by node; packets between two of them are slower.
    private var regions: [UInt8]
    /// Directed pairs over which nothing passes.
    private var cuts: Set<UInt64> = []
    /// Directed pairs that hold packets back until a time.
    private var clogs: [UInt64: Int64] = [:]

    init(nodes: Int, conditions: NetworkConditions, seed: UInt64) {
        self.conditions = conditions
        generator = SeededGenerator(seed: seed)
        sides = Array(repeating: 0, count: nodes)
        regions = sides
    }

    /// What becomes of one datagram: none, one or two arrivals.
    struct Fate {
        var arrival: Int64?
        var duplicate: Int64?
        var isCorrupted = false
    }

    mutating func datagramFate(from: Int, to: Int, size: Int, now: Int64) -> Fate {
        var fate = Fate()
        guard isOpen(from, to), size <= conditions.mtu, !happens(conditions.datagramLoss) else {
            return fate
        }
        fate.arrival = arrival(from, to, now)
        if happens(conditions.reordering) {
            fate.arrival? += Int64.random(in: 0...50_000_000, using: &generator)
        }
        if happens(conditions.duplication) {
            fate.duplicate =
                arrival(from, to, now) + Int64.random(in: 0...20_000_000, using: &generator)
        }
        fate.isCorrupted = happens(conditions.corruption)
        return fate
    }

    /// When a segment arrives, or nil when it is lost and must come again.
    mutating func segmentArrival(from: Int, to: Int, now: Int64) -> Int64? {
        guard isOpen(from, to), !happens(conditions.segmentLoss) else { return nil }
        return arrival(from, to, now)
    }

    mutating func happens(_ probability: Double) -> Bool {
        probability > 0 && generator.unitInterval() < probability
    }

    mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    // MARK: Topology

    mutating func setSide(_ side: UInt8, of node: Int) { sides[node] = side }

    mutating func setRegion(_ region: UInt8, of node: Int) { regions[node] = region }

    mutating func cut(from: Int, to: Int) { cuts.insert(pair(from, to)) }

    mutating func clog(from: Int, to: Int, until: Int64) { clogs[pair(from, to)] = until }

    /// Ends partitions, cuts and clogs.
    mutating func heal() {
        for node in sides.indices { sides[node] = 0 }
        cuts = []
        clogs = [:]
    }

    func isOpen(_ from: Int, _ to: Int) -> Bool {
        sides[from] == sides[to] && (cuts.isEmpty || !cuts.contains(pair(from, to)))
    }

    private func pair(_ from: Int, _ to: Int) -> UInt64 { UInt64(from) << 32 | UInt64(to) }

    private mutating func arrival(_ from: Int, _ to: Int, _ now: Int64) -> Int64 {
        let uniform = max(generator.unitInterval(), 1e-12)
        let extra = -uniform.naturalLogarithm * Double(conditions.jitter.nanoseconds)
        var time = now + conditions.delay.nanoseconds + Int64(extra)
        if regions[from] != regions[to] { time += conditions.wideDelay.nanoseconds }
        guard !clogs.isEmpty, let until = clogs[pair(from, to)] else { return time }
        return max(time, until)
    }
}
