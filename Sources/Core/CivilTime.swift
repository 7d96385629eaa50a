// SPDX-License-Identifier: Apache-2.0

/// A wall-clock instant as calendar fields, UTC, proleptic Gregorian.
///
/// Days are turned into dates by Hinnant's civil-from-days: eras of 400 years, years from March.
public struct CivilTime: Sendable, Hashable {
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    public var nanosecond: Int

    /// A date and the seconds since its midnight, UTC; impossible dates are carried over.
    public init(year: Int, month: Int, day: Int, secondOfDay: Int = 0) {
        self.year = year
        self.month = month
        self.day = day
        hour = secondOfDay / 3600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
        nanosecond = 0
    }

    /// The calendar fields of an instant.
    public init(_ timestamp: Timestamp) {
        let (days, intoDay) = Int(timestamp.nanoseconds).flooredDivision(by: 86_400_000_000_000)
        let seconds = intoDay / 1_000_000_000
        nanosecond = intoDay % 1_000_000_000
        hour = seconds / 3600
        minute = seconds / 60 % 60
        second = seconds % 60
        (year, month, day) = Self.date(daysSince1970: days)
    }

    /// 0 for Sunday to 6 for Saturday.
    public var weekday: Int {
        (daysSince1970 + 4).flooredDivision(by: 7).remainder
    }

    public var daysSince1970: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = marchYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The instant; nil when it lies outside the 584 years that nanoseconds reach.
    public var timestamp: Timestamp? {
        let seconds = daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(nanosecond)
        return overflow || carry ? nil : Timestamp(nanoseconds: Int64(sum))
    }

    private static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (daysSince1970 + 719_468).flooredDivision(by: 146_097)
        let leaps = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leaps) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension Int {
    /// Quotient rounded down and a remainder that is never negative; the divisor is positive.
    fileprivate func flooredDivision(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension ByteWriter {
    /// Appends RFC 3339 in UTC with microseconds, as in 2026-11-21T05:06:24.123456Z.
    public mutating func append(rfc3339 timestamp: Timestamp) {
        let time = CivilTime(timestamp)
        append(digits: time.year, width: 4)
        append(UInt8(ascii: "-"))
        append(digits: time.month, width: 2)
        append(UInt8(ascii: "-"))
        append(digits: time.day, width: 2)
        append(UInt8(ascii: "T"))
        append(digits: time.hour, width: 2)
        append(UInt8(ascii: ":"))
        append(digits: time.minute, width: 2)
        append(UInt8(ascii: ":"))
        append(digits: time.second, width: 2)
        append(UInt8(ascii: "."))
        append(digits: time.nanosecond / 1000, width: 6)
        append(UInt8(ascii: "Z"))
    }
}
