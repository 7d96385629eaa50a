// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

/// Bytes made from samples by small damage, the same for the same seed.
struct Mutator {
    private static let bites: [[UInt8]] = [
        [0x0D], [0x0A], [0x0D, 0x0A], [0x20], [0x09], [0x00], [0x7F], [0x80], [0xFF], [0x3A],
        [0x2C], [0x3B], [0x30], [0x46], Array("Content-Length: 3\r\n".utf8),
        Array("Transfer-Encoding: chunked\r\n".utf8), Array("Host: b\r\n".utf8),
        Array("\r\n\r\n".utf8), Array("0\r\n\r\n".utf8),
    ]

    var random: SeededGenerator

    mutating func mutate(_ samples: [Bytes]) -> Bytes {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let sample = samples[Int.random(in: 0..<samples.count, using: &random)]
            bytes += sample.span.indices.map { sample[$0] }
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 9))
            default:
                let bite = Self.bites[Int.random(in: 0..<Self.bites.count, using: &random)]
                bytes.insert(contentsOf: bite, at: place)
            }
        }
        return Bytes(bytes)
    }

    mutating func cuts(_ count: Int) -> [Int] {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in
            Int.random(in: 0...count, using: &random)
        }.sorted()
    }
}

@Suite struct MutationTests {
    private static let requests: [Bytes] = {
        let rules =
            RequestRulesTests.startLines + RequestRulesTests.meanings
            + RequestRulesTests.bodies
        return (CorpusRow.all.map(\.bytes) + rules.map(\.bytes)).filter { $0.count < 1000 }
    }()

    private static let responses: [Bytes] =
        (ResponseParserTests.bodies.map(\.text) + ResponseParserTests.faults.map(\.0))
        .filter { $0.utf8.count < 1000 }.map { Bytes($0) }

    @Test("damaged requests mean the same however they are cut", arguments: 0..<40)
    func requests(seed: UInt64) {
        var mutator = Mutator(random: SeededGenerator(seed: seed))
        for _ in 0..<40 {
            let bytes = mutator.mutate(Self.requests)
            let whole = Transcript.requests(bytes)
            let cuts = mutator.cuts(bytes.count)
            #expect(Transcript.requests(bytes, cuts: cuts) == whole, "\(bytes.span.hex)")
            #expect(Transcript.requests(bytes, cuts: Array(0..<bytes.count)) == whole)
            #expect(whole.faults.count <= 1)
        }
    }

    @Test("damaged responses mean the same however they are cut", arguments: 0..<40)
    func responses(seed: UInt64) {
        var mutator = Mutator(random: SeededGenerator(seed: seed))
        let methods: [[HTTPMethod]] = [[.get, .post], [.head, .get], [.get]]
        for round in 0..<40 {
            let bytes = mutator.mutate(Self.responses)
            let asked = methods[round % methods.count]
            let whole = Transcript.responses(bytes, to: asked)
            let cuts = mutator.cuts(bytes.count)
            #expect(
                Transcript.responses(bytes, to: asked, cuts: cuts) == whole, "\(bytes.span.hex)")
            let bytewise = Transcript.responses(bytes, to: asked, cuts: Array(0..<bytes.count))
            #expect(bytewise == whole)
        }
    }

    @Test("bytes of no kind at all are refused, and nothing is served after")
    func noise() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let bytes = Bytes((0..<200).map { _ in UInt8.random(in: 0...255, using: &random) })
            #expect(Transcript.requests(bytes).ends == 0)
            #expect(Transcript.responses(bytes).ends == 0)
        }
    }
}
