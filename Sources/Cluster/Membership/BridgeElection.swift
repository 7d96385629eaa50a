// SPDX-License-Identifier: Apache-2.0
public import Core

/// Which members of a region also join the wide pool: the winners of a rendezvous hash.
///
/// Every node computes it from its own view; equal views elect equal bridges, and when one goes
/// only its place changes hands (Thaler and Ravishankar, 1998).
public enum BridgeElection {
    /// The elected, best first: alive, not draining, not damped, in the region.
    public static func elect(
        _ count: Int, region: String, from machine: MembershipMachine, now: Instant
    ) -> [MemberID] {
        var seed: UInt64 = 0
        for byte in region.utf8 { seed = Digest.mix(seed, UInt64(byte)) }
        let candidates = machine.members.filter { member in
            guard let profile = member.profile, member.status == .alive else { return false }
            return profile.region == region && !profile.isDraining
                && !member.damping.isDamped(now: now)
        }
        let ranked = candidates.map { (Digest.mix(seed, $0.id.rawValue), $0.id) }.sorted(by: >)
        return ranked.prefix(count).map(\.1)
    }
}
