// SPDX-License-Identifier: Apache-2.0
import Cluster
import Core
import Testing

@testable import Node

@Suite struct RosterBookTests {
    private let roster = RegionRoster([
        RosterEntry(name: "x", uid: MemberID(rawValue: 1), status: .alive, incarnation: 2)
    ])

    private let both = [(region: "eu", isReachable: true), (region: "us", isReachable: true)]

    private func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000)
    }

    @Test("a region is asked once at a time, again after a second, and rarely when it is silent")
    func pace() {
        var book = RosterBook()
        #expect(book.due(both, now: at(0)) == ["eu", "us"])
        #expect(book.isWaiting)
        #expect(book.due(both, now: at(1)).isEmpty)
        book.note(.success(roster), of: "eu", now: at(10))
        book.note(.failure(.regionUnreachable), of: "us", now: at(10))
        #expect(!book.isWaiting)
        #expect(book.due(both, now: at(1009)).isEmpty)
        #expect(book.due(both, now: at(1010)) == ["eu"])
        #expect(book.due(both, now: at(5010)) == ["us"])
    }

    @Test("what was said before a region fell silent stays, and grows old")
    func age() {
        var book = RosterBook()
        _ = book.due(both, now: at(0))
        book.note(.success(roster), of: "eu", now: at(0))
        book.note(.failure(.timeout), of: "us", now: at(0))
        _ = book.due(both, now: at(2000))
        book.note(.failure(.regionUnreachable), of: "eu", now: at(4000))
        let words = book.words(now: at(7000))
        #expect(words.map(\.region) == ["eu", "us"])
        #expect(words[0].members == roster.members)
        #expect(words[0].age == .seconds(7))
        #expect(words[0].fault == .regionUnreachable)
        #expect(words[1].members.isEmpty && words[1].age == nil)
        #expect(words[1].fault == .timeout)
    }

    @Test("a region out of reach is not asked, and at once when it is back")
    func cut() {
        var book = RosterBook()
        _ = book.due([("eu", true)], now: at(0))
        book.note(.success(roster), of: "eu", now: at(0))
        #expect(book.due([("eu", false)], now: at(10)).isEmpty)
        let word = book.words(now: at(10))[0]
        #expect(word.fault == .regionUnreachable && word.members == roster.members)
        #expect(book.due([("eu", true)], now: at(11)) == ["eu"])
    }

    @Test("a region that nobody tells of is forgotten in the end, never while an answer is due")
    func forgets() {
        var book = RosterBook()
        _ = book.due([("eu", true)], now: at(0))
        book.note(.success(roster), of: "eu", now: at(0))
        #expect(book.due([], now: at(599_000)).isEmpty)
        #expect(book.words(now: at(599_000)).count == 1)
        #expect(book.due([], now: at(600_000)).isEmpty)
        #expect(book.words(now: at(600_000)).isEmpty)
        book.note(.success(roster), of: "eu", now: at(600_001))
        #expect(book.words(now: at(600_001)).isEmpty)
        #expect(!book.isWaiting)
    }

    @Test("lists travel, also those of newer nodes, and no length is trusted")
    func travels() {
        var entry = roster.members[0]
        entry.address = "10.0.0.1:7946"
        entry.isBridge = true
        entry.age = .seconds(5)
        let list = RegionRoster([entry, roster.members[0]])
        #expect(RegionRoster(list.encoded) == list)
        let answers = MemberAnswers<Int>([("b", .success(7)), ("a", .failure(.timeout))])
        let again = MemberAnswers<Int>(answers.encoded)
        #expect(again?.rows.map(\.name) == ["a", "b"])
        #expect(again?.rows.map(\.result) == [.failure(.timeout), .success(7)])
        var generator = SeededGenerator(seed: 5)
        for bytes in [list.encoded, answers.encoded] {
            for count in 0..<bytes.count {
                #expect(RegionRoster(bytes.prefix(count)) == nil)
            }
            for _ in 0..<20_000 {
                var raw = (0..<bytes.count).map { bytes[$0] }
                for _ in 0..<3 {
                    raw[Int.random(in: 0..<raw.count, using: &generator)] =
                        UInt8.random(in: 0...255, using: &generator)
                }
                _ = RegionRoster(Bytes(raw))
                _ = MemberAnswers<Int>(Bytes(raw))
            }
        }
    }

    @Test("values that do not fit into one answer are refused one by one")
    func tooLong() {
        var facts = RequestFacts()
        facts.records = [Bytes(Array(repeating: 1, count: 600 << 10))]
        let answers = MemberAnswers([
            ("a", .success(facts)), ("b", .success(facts)), ("c", .success(RequestFacts())),
        ])
        let again = MemberAnswers<RequestFacts>(answers.encoded)
        #expect(again?.rows[0].result == .success(facts))
        #expect(again?.rows[1].result == .failure(.refused))
        #expect(again?.rows[2].result == .success(RequestFacts()))
    }

    @Test("a survey asks a few at a time and ends in time")
    func survey() {
        var now = at(0)
        var asked: [(NodeActorID, (Result<Int, CallFault>) -> Void)] = []
        var rows: [MemberSurvey<Int>.Row]?
        let members = (0..<40).map { (id: MemberID(rawValue: $0), name: "n\($0)") }
        MemberSurvey<Int>(
            members, now: { now }, until: at(1000), ask: { asked.append(($0, $1)) },
            completion: { rows = $0 }
        ).proceed()
        #expect(asked.count == 16)
        now = at(400)
        asked[3].1(.success(3))
        #expect(asked.count == 17)
        #expect(asked[16].0.patience == .milliseconds(600))
        now = at(1000)
        for index in [0, 1, 2] + Array(4..<17) { asked[index].1(.failure(.timeout)) }
        #expect(asked.count == 17)
        #expect(rows?.count == 40)
        #expect(rows?.count { $0.result == .success(3) } == 1)
    }
}
