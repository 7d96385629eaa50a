// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP

extension Span where Element == UInt8 {
    /// A time written with units, such as `6m0s`, `120ms`, `20m52.666s` or `48.9s`; nil for
    /// anything else. Saturates after 292 years.
    var duration: Nanoseconds? {
        var total = 0.0
        var place = 0
        guard count > 0 else { return nil }
        while place < count {
            guard let (number, end) = number(from: place), end < count,
                let (unit, next) = unit(from: end)
            else { return nil }
            total += number * unit
            place = next
        }
        return Nanoseconds(rounding: total)
    }

    /// How long to wait: seconds, a time with units, a date (HTTP or RFC 3339), or a count of
    /// seconds or milliseconds since 1970; nil for anything else.
    func wait(now: Timestamp) -> Nanoseconds? {
        if let (number, end) = number(from: 0), end == count {
            // No limit lasts thirty years: so large a number is a date.
            if number >= 1e12 { return Nanoseconds(from: now, to: number * 1e6) }
            if number >= 1e9 { return Nanoseconds(from: now, to: number * 1e9) }
            return Nanoseconds(rounding: number * 1e9)
        }
        if let duration { return duration }
        guard let date = Timestamp(rfc3339: self) ?? HTTPDate.parse(self) else { return nil }
        return Nanoseconds(from: now, to: Double(date.nanoseconds))
    }

    /// A number of milliseconds.
    var milliseconds: Nanoseconds? {
        guard let (number, end) = number(from: 0), end == count else { return nil }
        return Nanoseconds(rounding: number * 1e6)
    }

    /// Digits with an optional fraction, and the place behind them.
    private func number(from start: Int) -> (Double, Int)? {
        var place = start
        var value = 0.0
        while place < count, ASCII.isDigit(self[place]) {
            value = value * 10 + Double(self[place] &- 0x30)
            place += 1
        }
        guard place > start else { return nil }
        guard place < count, self[place] == UInt8(ascii: ".") else { return (value, place) }
        place += 1
        var scale = 0.1
        while place < count, ASCII.isDigit(self[place]) {
            value += Double(self[place] &- 0x30) * scale
            scale /= 10
            place += 1
        }
        return (value, place)
    }

    /// Nanoseconds of a unit, and the place behind it.
    private func unit(from start: Int) -> (Double, Int)? {
        let rest = extracting(start..<count)
        if rest.hasPrefix("ns") { return (1, start + 2) }
        if rest.hasPrefix("us") { return (1e3, start + 2) }
        if rest.hasPrefix("ms") { return (1e6, start + 2) }
        if rest.hasPrefix("s") { return (1e9, start + 1) }
        if rest.hasPrefix("m") { return (60e9, start + 1) }
        if rest.hasPrefix("h") { return (3600e9, start + 1) }
        if rest.hasPrefix("d") { return (86_400e9, start + 1) }
        return nil
    }
}

extension Nanoseconds {
    /// Saturates.
    fileprivate init(rounding value: Double) {
        self.init(value < 9e18 ? Int64(value.rounded()) : .max)
    }

    /// The time from a moment to another; zero if that is past.
    fileprivate init(from now: Timestamp, to date: Double) {
        self.init(rounding: max(0, date - Double(now.nanoseconds)))
    }
}
