// SPDX-License-Identifier: Apache-2.0
public import Core

/// Which of the addresses to join at lie in other regions: those whose nodes have said so.
///
/// They are no business of the region's own machine, which would call itself isolated by them, and
/// the seeds of the wide pool. An address may change hands, so each is asked again now and then.
public struct ForeignSeeds: Sendable {
    private var entries: [PeerAddress: Entry] = [:]

    private struct Entry {
        var region: RegionTag
        var asksAt: Instant
    }

    /// Time after which an address is asked once more.
    public static let trust = Duration.seconds(60)

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// For the wide pool.
    public var seeds: [WidePool.Seed] {
        entries.map { WidePool.Seed(tag: $0.value.region, address: $0.key) }
    }

    /// Whoever listens there has named its region.
    public mutating func note(
        _ address: PeerAddress, in region: RegionTag, own: RegionTag, now: Instant
    ) {
        guard region != own else {
            entries[address] = nil
            return
        }
        entries[address] = Entry(region: region, asksAt: now + Self.trust)
    }

    /// The addresses found that concern the own region, one foreign that is due among them.
    public mutating func own(of found: [PeerAddress], now: Instant) -> [PeerAddress] {
        let listed = Set(found)
        entries = entries.filter { listed.contains($0.key) }
        var due = entries.filter { $0.value.asksAt <= now }.keys.min()
        return found.filter { address in
            guard entries[address] != nil else { return true }
            guard address == due else { return false }
            due = nil
            entries[address]?.asksAt = now + Self.trust
            return true
        }
    }
}
