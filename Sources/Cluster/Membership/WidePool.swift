// SPDX-License-Identifier: Apache-2.0
public import Core

/// A node's part in the pool of bridges that joins the regions, beside its region's own machine.
///
/// Two or three members of each region, the winners of `BridgeElection`, run a second
/// `MembershipMachine` with the wide profile; each term has a uid of its own. Every node asks its
/// regional view alone, so no vote is needed: when a bridge is suspect, the next in rank begins at
/// once, while the other bridges carry on. A bridge that is no longer elected stays for
/// `handover`, so that its successor is known before it leaves.
public struct WidePool: Sendable {
    public let region: String
    /// Where this node's second machine listens.
    public let address: PeerAddress
    /// Bridges per region: two survive a loss, three survive a loss during a restart.
    public let bridges: Int
    /// Addresses in other regions, as far as they are known now.
    public var seeds: [Seed]
    private var term = Term.idle
    private var regions: [String: Bool] = [:]

    /// An address in another region: any node there, bridge or not.
    public struct Seed: Sendable, Hashable {
        public let region: RegionTag
        public let address: PeerAddress

        public init(tag: RegionTag, address: PeerAddress) {
            region = tag
            self.address = address
        }

        public init(region: String, address: PeerAddress) {
            self.init(tag: RegionTag(region), address: address)
        }
    }

    private enum Term: Sendable, Equatable {
        /// Not a bridge. Successor: serving.
        case idle
        /// Elected, takes part. Successor: yielding.
        case serving
        /// Elected no longer. Successors: idle, serving.
        case yielding(until: Instant)
    }

    /// What the shell has to do, in order.
    public enum Action: Sendable, Equatable {
        /// Start a machine with the wide settings, a new uid and a later boot.
        case begin
        /// Let the wide machine leave; drop it once it has closed.
        case resign
        /// Publish the value under `recordKey` in the region; nil withdraws it.
        case publish(Bytes?)
        /// Whether any bridge of another region is alive in the wide pool.
        case region(String, isReachable: Bool)
    }

    /// Under this key a bridge tells its region where it listens for the wide pool.
    public static let recordKey = "bridge"
    /// How long a bridge stays after its successor was elected.
    public static let handover = Duration.seconds(5)

    /// A node outside the wide pool; `seeds` lie in other regions.
    public init(region: String, address: PeerAddress, seeds: [Seed], bridges: Int = 3) {
        precondition(bridges > 0, "a region has bridges")
        self.region = region
        self.address = address
        self.seeds = seeds
        self.bridges = bridges
    }

    /// Every other region that was alive in this term, in order, and whether it still is.
    public var knownRegions: [(region: String, isReachable: Bool)] {
        regions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// True from `begin` to `resign`.
    public var isBridge: Bool { term != .idle }

    /// Elects anew from the regional view; to be asked when that changed, and once a second.
    public mutating func onRegion(_ machine: MembershipMachine, now: Instant) -> [Action] {
        let elected = BridgeElection.elect(bridges, region: region, from: machine, now: now)
        // An own draining node never finds itself among the elected; one that has left neither.
        // The last one of a region that is up has nobody to join, and is all that others can reach.
        let isSettled = machine.isJoined || machine.isLonely
        let isElected = isSettled && elected.contains(machine.id)
        switch term {
        case .idle where isElected:
            term = .serving
            return [.begin, .publish(Self.encode(address))]
        case .serving where !isElected:
            term = .yielding(until: now + Self.handover)
        case .yielding where isElected:
            term = .serving
        case .yielding(let until) where now >= until:
            term = .idle
            return [.publish(nil), .resign] + forgetRegions()
        case .idle, .serving, .yielding: break
        }
        return []
    }

    /// The wide machine was displaced or closed without `resign`: the next election begins anew.
    public mutating func onEnd() -> [Action] {
        guard term != .idle else { return [] }
        term = .idle
        return [.publish(nil)] + forgetRegions()
    }

    /// Compares the regions of the wide view with what was said before.
    public mutating func onWide(_ machine: MembershipMachine) -> [Action] {
        // A machine that says good-bye still hears of others, but nobody asks it any more.
        guard isBridge else { return [] }
        let alive = Self.regions(of: machine)
        var actions: [Action] = []
        for name in alive.union(regions.keys).sorted() where name != region {
            let isReachable = alive.contains(name)
            guard regions[name] != isReachable else { continue }
            regions[name] = isReachable
            actions.append(.region(name, isReachable: isReachable))
        }
        return actions
    }

    /// Answers `resolveSeeds` of the wide machine: the bridges of our own region, and the seeds of
    /// every region of which no bridge is alive.
    public func seeds(_ regional: MembershipMachine, _ wide: MembershipMachine) -> [PeerAddress] {
        let alive = Set(Self.regions(of: wide).map { RegionTag($0) })
        let missing = seeds.filter { !alive.contains($0.region) }.map(\.address)
        return [address] + fellows(regional) + missing
    }

    /// Answers a frame for the wide pool at a node that is no bridge: who is; nil closes it.
    public func referral(for frame: Bytes, _ regional: MembershipMachine) -> Bytes? {
        var reader = ByteReader(frame.span)
        guard let head = try? StreamFrame.readHead(from: &reader), head.kind == .digest else {
            return nil
        }
        let addresses = fellows(regional)
        return addresses.isEmpty ? nil : StreamFrame.referral(to: addresses)
    }

    /// Where the region's other bridges listen for the wide pool.
    private func fellows(_ regional: MembershipMachine) -> [PeerAddress] {
        regional.values.compactMap { record in
            guard record.key.key == Self.recordKey, record.key.owner != regional.id else {
                return nil
            }
            return Self.decode(record.value)
        }
    }

    private mutating func forgetRegions() -> [Action] {
        let lost = regions.filter(\.value).keys.sorted()
        regions = [:]
        return lost.map { .region($0, isReachable: false) }
    }

    private static func regions(of machine: MembershipMachine) -> Set<String> {
        Set(machine.members.filter { $0.status == .alive }.compactMap { $0.profile?.region })
    }

    private static func encode(_ address: PeerAddress) -> Bytes {
        var writer = ByteWriter(capacity: 18)
        address.write(to: &writer)
        return writer.finish()
    }

    private static func decode(_ value: Bytes) -> PeerAddress? {
        var reader = ByteReader(value.span)
        let address = PeerAddress(from: &reader)
        return reader.failed || reader.remaining > 0 ? nil : address
    }
}
