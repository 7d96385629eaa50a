// SPDX-License-Identifier: Apache-2.0
public import Core

/// What a bridge tells of regions: its own to the wide pool, the others to its region.
///
/// Both go as application records, told again only when they changed; the last word of a region
/// that was cut off stays, marked as such.
public struct RegionBoard: Sendable {
    private var toldWide: Bytes?
    private var toldRegion: [String: RegionSummary] = [:]

    /// What to publish where; nil withdraws.
    public enum Action: Sendable, Equatable {
        case tellWide(Bytes)
        case tellRegion(key: String, Bytes?)
    }

    /// Under this key a bridge publishes its region's summary in the wide pool.
    public static let wideKey = "summary"
    private static let regionPrefix = "region/"

    public init() {}

    /// What has to be told now; `wide` is nil outside a term.
    public mutating func step(
        _ pool: WidePool, _ regional: MembershipMachine, _ wide: MembershipMachine?
    ) -> [Action] {
        guard pool.isBridge, let wide else { return withdrawAll() }
        var actions: [Action] = []
        let own = RegionSummary(region: pool.region, of: regional).encoded
        if own != toldWide {
            toldWide = own
            actions.append(.tellWide(own))
        }
        let heard = Self.heard(wide)
        let doors = Self.doors(wide)
        for (region, isReachable) in pool.knownRegions {
            var summary =
                heard[region] ?? toldRegion[region] ?? RegionSummary(region: region)
            summary.isReachable = isReachable
            summary.doors = doors[region] ?? toldRegion[region]?.doors ?? []
            guard toldRegion[region] != summary else { continue }
            toldRegion[region] = summary
            actions.append(.tellRegion(key: Self.key(region), summary.encoded))
        }
        return actions
    }

    private mutating func withdrawAll() -> [Action] {
        toldWide = nil
        let told = toldRegion.keys.sorted()
        toldRegion = [:]
        return told.map { .tellRegion(key: Self.key($0), nil) }
    }

    /// What the bridges of each region say of it; the first one alive by uid has the word.
    private static func heard(_ wide: MembershipMachine) -> [String: RegionSummary] {
        var found: [String: RegionSummary] = [:]
        for member in wide.members where member.status == .alive {
            guard let region = member.profile?.region, found[region] == nil,
                let value = wide.value(of: RecordKey(owner: member.id, key: wideKey)),
                // A bridge speaks of its own region only.
                let summary = RegionSummary(value), summary.region == region
            else { continue }
            found[region] = summary
        }
        return found
    }

    /// Where the live bridges of each region answer, by the wide view alone.
    private static func doors(_ wide: MembershipMachine) -> [String: [PeerAddress]] {
        var found: [String: [PeerAddress]] = [:]
        for member in wide.members where member.status == .alive {
            guard let profile = member.profile else { continue }
            found[profile.region, default: []].append(profile.address)
        }
        return found.mapValues { Array($0.sorted().prefix(RegionSummary.bridgeLimit)) }
    }

    /// All regions that a node knows of, its own first, by the records of its region's bridges.
    public static func regions(
        own region: String, _ regional: MembershipMachine
    ) -> [RegionSummary] {
        var found: [String: RegionSummary] = [:]
        for record in regional.values where record.key.key.hasPrefix(regionPrefix) {
            guard let summary = RegionSummary(record.value), summary.region != region else {
                continue
            }
            // One bridge that reaches it is enough.
            if let other = found[summary.region], other.isReachable { continue }
            found[summary.region] = summary
        }
        return [RegionSummary(region: region, of: regional)]
            + found.values.sorted { $0.region < $1.region }
    }

    /// A region's name may be too long for a key; its tag is not.
    private static func key(_ region: String) -> String {
        regionPrefix + MemberID(rawValue: RegionTag(region).rawValue).description
    }
}
