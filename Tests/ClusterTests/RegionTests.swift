// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Cluster

@Suite struct RegionTests {
    private let own = RegionTag("eu")
    private let other = RegionTag("us")

    @Test("a summary survives its bytes, and anything shorter is none")
    func summary() {
        var summary = RegionSummary(region: "eu-west")
        summary.alive = 300
        summary.draining = 2
        summary.isReachable = false
        summary.bridges = ["a", "b", "c"]
        summary.doors = [Fixture.address(1), Fixture.address(2)]
        let bytes = summary.encoded
        #expect(RegionSummary(bytes) == summary)
        for length in 0..<bytes.count { #expect(RegionSummary(bytes.prefix(length)) == nil) }
    }

    @Test("the longest summary fits into a record")
    func longest() {
        let name = String(repeating: "x", count: MemberProfile.nameLimit)
        var summary = RegionSummary(region: name)
        summary.alive = ClusterSettings.region.memberLimit
        summary.suspect = summary.alive
        summary.draining = summary.alive
        summary.bridges = Array(repeating: name, count: 9)
        summary.doors = Array(repeating: Fixture.address(1), count: 9)
        #expect(summary.encoded.count <= ApplicationRecord.valueLimit)
        #expect(RegionSummary(summary.encoded)?.bridges.count == RegionSummary.bridgeLimit)
    }

    @Test("seeds of another region are no business of the own one, but for a look each minute")
    func foreign() {
        var seeds = ForeignSeeds()
        let all = (1...4).map { Fixture.address($0) }
        #expect(seeds.own(of: all, now: Fixture.at(0)) == all)
        for address in all[2...] {
            seeds.note(address, in: other, own: own, now: Fixture.at(0))
        }
        #expect(seeds.own(of: all, now: Fixture.at(1000)) == Array(all[..<2]))
        #expect(Set(seeds.seeds.map(\.address)) == Set(all[2...]))
        #expect(seeds.seeds.allSatisfy { $0.region == other })
        // One at a time, so that counting the others cannot make a node call itself isolated.
        #expect(seeds.own(of: all, now: Fixture.at(60_000)).count == 3)
        #expect(seeds.own(of: all, now: Fixture.at(60_001)).count == 3)
        #expect(seeds.own(of: all, now: Fixture.at(60_002)).count == 2)
        seeds.note(all[3], in: own, own: own, now: Fixture.at(60_003))
        #expect(seeds.own(of: all, now: Fixture.at(60_004)).count == 3)
    }

    @Test("an address that is listed no longer is forgotten")
    func unlisted() {
        var seeds = ForeignSeeds()
        seeds.note(Fixture.address(1), in: other, own: own, now: Fixture.at(0))
        _ = seeds.own(of: [Fixture.address(2)], now: Fixture.at(1))
        #expect(seeds.isEmpty)
    }

    @Test("a gate of the region opens nothing of the wide pool, whatever label and key say")
    func pools() throws {
        let ring = KeyRing(primary: KeyID(rawValue: 1), rootKey: Secret(Bytes("k")))
        var gates = [false, true].map { isWide in
            var gate = DatagramGate(
                id: MemberID(rawValue: 7), boot: BootTime(rawValue: 1), label: "same", ring: ring,
                sealer: SumSealer())
            gate.isWide = isWide
            return gate
        }
        let frame = gates[1].sealFrame(Bytes("hello"), challenge: 5)
        #expect(Envelope.isWide(frame))
        #expect(throws: DropReason.version) { try gates[0].openFrame(frame, challenge: 5) }
        #expect(try gates[1].openFrame(frame, challenge: 5).payload == Bytes("hello"))
        let near = gates[0].sealFrame(Bytes("hello"), challenge: 5)
        #expect(!Envelope.isWide(near))
        #expect(throws: DropReason.version) { try gates[1].openFrame(near, challenge: 5) }
    }
}
