// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct CivilTimeTests {
    static let instants: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (951_827_696_123_456_789, "2000-02-29T12:34:56.123456Z"),
        (1_795_237_584_000_001_000, "2026-11-21T05:06:24.000001Z"),
        (4_107_542_399_999_999_999, "2100-02-28T23:59:59.999999Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000Z"),
        (.max, "2262-04-11T23:47:16.854775Z"),
        (.min, "1677-09-21T00:12:43.145224Z"),
    ]

    @Test("instants as RFC 3339", arguments: instants)
    func rfc3339(nanoseconds: Int64, text: String) {
        var writer = ByteWriter()
        writer.append(rfc3339: Timestamp(nanoseconds: nanoseconds))
        #expect(writer.finish().string == text)
    }

    @Test("days follow one another from 1700 to 2200")
    func everyDay() {
        var previous = CivilTime(year: 1699, month: 12, day: 31)
        var weekday = previous.weekday
        for day
            in (previous.daysSince1970 + 1)...CivilTime(year: 2200, month: 1, day: 1).daysSince1970
        {
            let time = CivilTime(Timestamp(nanoseconds: Int64(day) * 86_400_000_000_000))
            weekday = (weekday + 1) % 7
            let isNext =
                time.day == previous.day + 1 && time.month == previous.month
                || time.day == 1 && time.month == previous.month + 1
                || time.day == 1 && time.month == 1 && time.year == previous.year + 1
            guard isNext, time.weekday == weekday, time.daysSince1970 == day else {
                Issue.record("\(time) after \(previous)")
                return
            }
            previous = time
        }
    }

    @Test("instants survive the way there and back", arguments: 0..<200)
    func roundTrip(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let time = Timestamp(nanoseconds: Int64(truncatingIfNeeded: random.next()))
        #expect(CivilTime(time).timestamp == time)
    }

    @Test("a year beyond the reach of nanoseconds has no instant")
    func outOfReach() {
        #expect(CivilTime(year: 2263, month: 1, day: 1).timestamp == nil)
        #expect(CivilTime(year: 1677, month: 1, day: 1).timestamp == nil)
    }

    @Test("integers in decimal and padded digits")
    func digits() {
        func text(_ body: (inout ByteWriter) -> Void) -> String {
            var writer = ByteWriter()
            body(&writer)
            return writer.finish().string
        }
        for value in [Int.min, -10, -1, 0, 9, 10, Int.max] {
            #expect(text { $0.append(decimal: value) } == String(value))
        }
        #expect(text { $0.append(digits: 7, width: 2) } == "07")
        #expect(text { $0.append(digits: 123, width: 2) } == "123")
        #expect(text { $0.append(digits: 0, width: 3) } == "000")
    }

    @Test("a cached clock writes what the plain one does, over changes of the second")
    func cached() {
        var clock = RFC3339Cache()
        let times: [Int64] = [0, 999, 1_000, 999_999_999, 1_000_000_000, 1_700_000_000_123_456_789]
        for nanoseconds in times + [5] {
            var plain = ByteWriter()
            plain.append(rfc3339: Timestamp(nanoseconds: nanoseconds))
            var cached = ByteWriter()
            clock.append(Timestamp(nanoseconds: nanoseconds), to: &cached)
            #expect(plain.finish() == cached.finish())
        }
    }
}
