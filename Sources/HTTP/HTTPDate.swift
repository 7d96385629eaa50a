// SPDX-License-Identifier: Apache-2.0
public import Core

/// Dates of the form `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
public enum HTTPDate {
    /// How many bytes such a date has.
    public static let count = 29

    /// Reads an IMF-fixdate; nil for anything else, the obsolete forms included.
    public static func parse(_ text: Span<UInt8>) -> Timestamp? {
        guard text.count == count, text.extracting(25..<29).equals(" GMT"),
            text[3] == UInt8(ascii: ","), text[4] == 0x20, text[7] == 0x20, text[11] == 0x20,
            text[16] == 0x20, text[19] == UInt8(ascii: ":"), text[22] == UInt8(ascii: ":"),
            let day = text.extracting(5..<7).decimal,
            let month = month(text.extracting(8..<11)),
            let year = text.extracting(12..<16).decimal,
            let hour = text.extracting(17..<19).decimal, hour < 24,
            let minute = text.extracting(20..<22).decimal, minute < 60,
            let second = text.extracting(23..<25).decimal, second < 60
        else { return nil }
        let time = CivilTime(
            year: year, month: month, day: day,
            secondOfDay: hour * 3600 + minute * 60 + second)
        guard let timestamp = time.timestamp,
            // A day that its month does not have comes back as another one.
            CivilTime(timestamp).day == day,
            text.extracting(0..<3).equals(weekday(time.weekday))
        else { return nil }
        return timestamp
    }

    private static func month(_ name: Span<UInt8>) -> Int? {
        (1...12).first { name.equals(monthName($0)) }
    }

    /// 0 is Sunday.
    static func weekday(_ index: Int) -> StaticString {
        switch index {
        case 0: "Sun"
        case 1: "Mon"
        case 2: "Tue"
        case 3: "Wed"
        case 4: "Thu"
        case 5: "Fri"
        default: "Sat"
        }
    }

    /// 1 is January.
    static func monthName(_ month: Int) -> StaticString {
        switch month {
        case 1: "Jan"
        case 2: "Feb"
        case 3: "Mar"
        case 4: "Apr"
        case 5: "May"
        case 6: "Jun"
        case 7: "Jul"
        case 8: "Aug"
        case 9: "Sep"
        case 10: "Oct"
        case 11: "Nov"
        default: "Dec"
        }
    }
}

extension ByteWriter {
    /// Appends `Sun, 06 Nov 1994 08:49:37 GMT`.
    public mutating func append(httpDate timestamp: Timestamp) {
        let time = CivilTime(timestamp)
        append(HTTPDate.weekday(time.weekday))
        append(", ")
        append(digits: time.day, width: 2)
        append(UInt8(ascii: " "))
        append(HTTPDate.monthName(time.month))
        append(UInt8(ascii: " "))
        append(digits: time.year, width: 4)
        append(UInt8(ascii: " "))
        append(digits: time.hour, width: 2)
        append(UInt8(ascii: ":"))
        append(digits: time.minute, width: 2)
        append(UInt8(ascii: ":"))
        append(digits: time.second, width: 2)
        append(" GMT")
    }
}

/// The text of the current second, written anew only when the second changes.
public struct HTTPDateCache: Sendable {
    private var second = Int64.min
    private var text = Bytes()

    public init() {}

    /// The HTTP date of `now`.
    public mutating func bytes(at now: Timestamp) -> Bytes {
        if now.seconds != second {
            var writer = ByteWriter(capacity: HTTPDate.count)
            writer.append(httpDate: now)
            text = writer.finish()
            second = now.seconds
        }
        return text
    }
}
