// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What other regions last said of their members, and when; asked again once it is old.
struct RosterBook {
    private var entries: [String: Entry] = [:]

    private struct Entry {
        var roster: RegionRoster?
        var heardAt: Instant
        var fault: CallFault?
        /// Not asked again before.
        var asksAt: Instant
        var isAsked = false
    }

    /// What is known of one region.
    struct Word {
        var region: String
        var members: [RosterEntry]
        /// How old that is; nil when nothing is known.
        var age: Duration?
        /// Why it could not be asked the last time.
        var fault: CallFault?
    }

    /// An answer is as good as a new one for this long.
    static let freshness = Duration.seconds(1)
    /// A region that did not answer is left alone for this long.
    static let rest = Duration.seconds(5)
    /// A region that nobody tells of any more is forgotten after this.
    static let memory = Duration.seconds(600)

    /// The regions that have to be asked now; `known` are all there are.
    ///
    /// Of one that is out of reach, no bridge being alive, this is all that asking would tell.
    mutating func due(
        _ known: [(region: String, isReachable: Bool)], now: Instant
    ) -> [String] {
        let names = known.map(\.region)
        entries = entries.filter { names.contains($0.key) || now - $0.value.heardAt < Self.memory }
        var due: [String] = []
        for (region, isReachable) in known {
            var entry = entries[region] ?? Entry(heardAt: now, asksAt: now)
            if !isReachable, !entry.isAsked {
                entry.fault = .regionUnreachable
                entry.asksAt = now
            } else if !entry.isAsked, entry.asksAt <= now {
                entry.isAsked = true
                due.append(region)
            }
            entries[region] = entry
        }
        return due
    }

    /// Whether an answer is awaited.
    var isWaiting: Bool { entries.values.contains(where: \.isAsked) }

    mutating func note(_ result: Result<RegionRoster, CallFault>, of region: String, now: Instant) {
        guard var entry = entries[region] else { return }
        entry.isAsked = false
        switch result {
        case .success(let roster):
            entry.roster = roster
            entry.heardAt = now
            entry.fault = nil
            entry.asksAt = now + Self.freshness
        case .failure(let fault):
            entry.fault = fault
            entry.asksAt = now + Self.rest
        }
        entries[region] = entry
    }

    /// A region is asked at the next opportunity, whatever it said before.
    mutating func forgetRest() {
        for region in entries.keys where entries[region]?.fault != nil {
            entries[region]?.asksAt = Instant(nanoseconds: 0)
        }
    }

    /// All that is known, in order of the regions' names.
    func words(now: Instant) -> [Word] {
        entries.sorted { $0.key < $1.key }.map { region, entry in
            Word(
                region: region, members: entry.roster?.members ?? [],
                age: entry.roster.map { _ in now - entry.heardAt }, fault: entry.fault)
        }
    }
}
