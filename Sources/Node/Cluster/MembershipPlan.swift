// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Crypto
internal import Gateway
internal import Reactor
internal import Telemetry

/// What a membership shell is made of.
struct MembershipPlan {
    var identity: NodeIdentity
    var configuration: ClusterConfiguration
    var metrics: ClusterMetrics
    /// Hears of what happens, on the control loop.
    var onEvent: (ClusterEvent) -> Void

    /// Where others reach a node that listens on `bound`.
    func advertised(bound: SocketAddress) -> SocketAddress {
        guard let text = configuration.advertise else { return ClusterPorts.reachable(bound) }
        guard let address = SocketAddress(text) else {
            preconditionFailure("the configuration let a bad address through")
        }
        return address.port == 0 ? address.with(port: bound.port) : address
    }

    /// A new process of this name, as the others will know it.
    func makeMember(
        at address: SocketAddress, boot: BootTime, ring: KeyRing, now: Instant
    ) -> (MembershipMachine, DatagramGate) {
        let id = MemberID(rawValue: RandomBytes.seed())
        // The space keeps this apart from every name of a cluster.
        let label = "\(configuration.name) \(identity.region)"
        let profile = MemberProfile(
            name: identity.name, boot: boot, address: PeerAddress(address),
            region: identity.region, zone: identity.zone)
        let machine = MembershipMachine(
            id: id, profile: profile, settings: .region, seed: RandomBytes.seed(), now: now)
        let gate = DatagramGate(
            id: id, boot: boot, label: label, ring: ring, sealer: ClusterSealer())
        return (machine, gate)
    }

    /// What a term in the wide pool seals and opens with, and a node outside of it.
    func makeWideGate(boot: BootTime, ring: KeyRing) -> DatagramGate {
        var gate = DatagramGate(
            id: MemberID(rawValue: RandomBytes.seed()), boot: boot, label: configuration.name,
            ring: ring, sealer: ClusterSealer())
        gate.isWide = true
        return gate
    }

    /// A term of this node as a bridge.
    func makeWideMachine(
        _ id: MemberID, at address: SocketAddress, boot: BootTime, now: Instant
    ) -> MembershipMachine {
        let profile = MemberProfile(
            name: wideName, boot: boot, address: PeerAddress(address),
            region: identity.region, zone: identity.zone)
        return MembershipMachine(
            id: id, profile: profile, settings: .wide, seed: RandomBytes.seed(), now: now)
    }

    /// Nodes of two regions may share a name; what is too long is told by a number.
    private var wideName: String {
        let name = "\(identity.region)/\(identity.name)"
        guard name.utf8.count > MemberProfile.nameLimit else { return name }
        return MemberID(rawValue: RegionTag(name).rawValue).description
    }
}

extension BootTime {
    /// The start of a process that begins now and must follow `floor`.
    init(_ loop: EventLoop, after floor: BootTime = BootTime(rawValue: 0)) {
        let milliseconds = UInt64(clamping: loop.wallNow.nanoseconds / 1_000_000)
        self.init(milliseconds: milliseconds, after: floor)
    }
}
