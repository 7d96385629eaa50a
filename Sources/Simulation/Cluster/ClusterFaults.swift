// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The kinds of trouble a run may contain.
public struct ClusterFaults: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let loss = ClusterFaults(rawValue: 1 << 0)
    public static let segmentLoss = ClusterFaults(rawValue: 1 << 1)
    public static let duplication = ClusterFaults(rawValue: 1 << 2)
    public static let reordering = ClusterFaults(rawValue: 1 << 3)
    public static let corruption = ClusterFaults(rawValue: 1 << 4)
    public static let replay = ClusterFaults(rawValue: 1 << 5)
    public static let stops = ClusterFaults(rawValue: 1 << 6)
    public static let crashes = ClusterFaults(rawValue: 1 << 7)
    public static let leaves = ClusterFaults(rawValue: 1 << 8)
    public static let partitions = ClusterFaults(rawValue: 1 << 9)
    public static let cuts = ClusterFaults(rawValue: 1 << 10)
    public static let clogs = ClusterFaults(rawValue: 1 << 11)
    public static let smallPaths = ClusterFaults(rawValue: 1 << 12)
    public static let skew = ClusterFaults(rawValue: 1 << 13)

    /// Every kind with its name, as the command line spells it.
    public static let named: [(name: String, fault: ClusterFaults)] = [
        ("loss", .loss), ("segment-loss", .segmentLoss), ("duplication", .duplication),
        ("reordering", .reordering), ("corruption", .corruption), ("replay", .replay),
        ("stops", .stops), ("crashes", .crashes), ("leaves", .leaves),
        ("partitions", .partitions), ("cuts", .cuts), ("clogs", .clogs),
        ("small-paths", .smallPaths), ("skew", .skew),
    ]

    /// The names of the mix, in the order of the list; "none" for none.
    public var list: String {
        let names = Self.named.filter { contains($0.fault) }.map(\.name)
        return names.isEmpty ? "none" : names.joined(separator: ",")
    }

    /// A mix for one run: about half of all kinds, or, one time in five, stops alone.
    static func draw(using generator: inout SeededGenerator) -> ClusterFaults {
        if Int.random(in: 0..<5, using: &generator) == 0 { return .stops }
        var drawn: ClusterFaults = []
        for (_, fault) in named where Bool.random(using: &generator) { drawn.insert(fault) }
        return drawn
    }

    /// How the network misbehaves under this mix.
    func conditions(using generator: inout SeededGenerator) -> NetworkConditions {
        var conditions = NetworkConditions()
        let level = generator.unitInterval()
        if contains(.loss) { conditions.datagramLoss = 0.3 * level }
        if contains(.segmentLoss) { conditions.segmentLoss = 0.2 * generator.unitInterval() }
        if contains(.duplication) { conditions.duplication = 0.1 }
        if contains(.reordering) { conditions.reordering = 0.1 }
        if contains(.corruption) { conditions.corruption = 0.05 }
        if contains(.replay) { conditions.replay = 0.1 }
        if contains(.smallPaths) { conditions.mtu = 576 }
        return conditions
    }
}
