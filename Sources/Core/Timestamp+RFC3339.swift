// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
    /// Reads RFC 3339 such as `2026-11-21T05:06:24.5Z` or with `+01:00`; nil for anything else.
    public init?(rfc3339 text: Span<UInt8>) {
        guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"),
            let year = text.extracting(0..<4).decimal,
            let month = text.extracting(5..<7).decimal, 1...12 ~= month,
            let day = text.extracting(8..<10).decimal, 1...31 ~= day,
            let hour = text.extracting(11..<13).decimal, hour < 24,
            let minute = text.extracting(14..<16).decimal, minute < 60,
            let second = text.extracting(17..<19).decimal, second <= 60
        else { return nil }
        var time = CivilTime(
            year: year, month: month, day: day,
            secondOfDay: hour * 3600 + minute * 60 + min(second, 59))
        var place = 19
        if text[place] == UInt8(ascii: ".") {
            place += 1
            var unit = 100_000_000
            while place < text.count, ASCII.isDigit(text[place]) {
                time.nanosecond += Int(text[place] &- 0x30) * unit
                unit /= 10
                place += 1
            }
        }
        guard let local = time.timestamp,
            let offset = Self.offset(text.extracting(place..<text.count))
        else { return nil }
        let (seconds, isOver) = local.nanoseconds.subtractingReportingOverflow(
            Int64(offset) * 1_000_000_000)
        guard !isOver else { return nil }
        self.init(nanoseconds: seconds)
    }

    /// Seconds east of Greenwich.
    private static func offset(_ text: Span<UInt8>) -> Int? {
        if text.count == 1 { return text[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard text.count == 6, text[3] == UInt8(ascii: ":"),
            text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"),
            let hours = text.extracting(1..<3).decimal, hours < 24,
            let minutes = text.extracting(4..<6).decimal, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return text[0] == UInt8(ascii: "-") ? -seconds : seconds
    }
}
