// SPDX-License-Identifier: Apache-2.0
import Core

/// Reads numbers with units: durations such as `5s` and sizes such as `32MiB`.
enum UnitText {
    /// A duration: `500ms`, `5s`, `10m`, `1h`; a bare `0` needs no unit.
    static func duration(_ text: String) -> Duration? {
        guard let (value, unit) = split(text) else { return nil }
        let milliseconds: Int? =
            switch unit {
            case "ms": 1
            case "s": 1_000
            case "m": 60_000
            case "h": 3_600_000
            case "" where value == 0: 1
            default: nil
            }
        guard let milliseconds else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: milliseconds)
        return overflow ? nil : .milliseconds(product)
    }

    /// A size in bytes: `512`, `64KB` (thousands), `32MiB` (powers of 1024).
    static func size(_ text: String) -> Int? {
        guard let (value, unit) = split(text) else { return nil }
        let bytes: Int? =
            switch unit {
            case "", "B": 1
            case "KB": 1_000
            case "MB": 1_000_000
            case "GB": 1_000_000_000
            case "KiB": 1 << 10
            case "MiB": 1 << 20
            case "GiB": 1 << 30
            default: nil
            }
        guard let bytes else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: bytes)
        return overflow ? nil : product
    }

    /// A duration as a user would write it, in the largest unit that needs no fraction.
    static func show(_ duration: Duration) -> String {
        let milliseconds = duration.nanoseconds / 1_000_000
        for (size, unit) in [(3_600_000, "h"), (60_000, "m"), (1_000, "s")] as [(Int64, String)]
        where milliseconds > 0 && milliseconds % size == 0 {
            return "\(milliseconds / size)\(unit)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }

    /// A size as a user would write it, in the largest binary unit that needs no fraction.
    static func show(bytes: Int) -> String {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")]
        where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }

    /// Digits, then letters; at most one blank between them.
    private static func split(_ text: String) -> (value: Int, unit: String)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let value = Int(digits) else { return nil }
        var unit = text[digits.endIndex...]
        if unit.first == " " { unit = unit.dropFirst() }
        return (value, String(unit))
    }
}
