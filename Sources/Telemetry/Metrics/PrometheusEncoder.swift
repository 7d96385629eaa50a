// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Writes families and samples in one of the two text forms.
struct PrometheusEncoder: ~Copyable {
    private var output: ByteWriter
    private let format: MetricFormat

    init(_ format: MetricFormat) {
        self.format = format
        output = ByteWriter(capacity: 32 * 1024)
    }

    consuming func finish() -> Bytes {
        if format == .openMetrics { output.append("# EOF\n") }
        return output.finish()
    }

    /// The lines before a family's samples.
    mutating func begin(_ family: MetricFamily) {
        let name = family.name.description
        // OpenMetrics names the family of a counter without the suffix of its samples.
        let isBare = format == .openMetrics && name.hasSuffix("_total")
        let title = isBare ? String(name.dropLast("_total".count)) : name
        output.append("# HELP ")
        output.append(title)
        output.append(UInt8(ascii: " "))
        appendEscaped(family.help.description, quotes: false)
        output.append("\n# TYPE ")
        output.append(title)
        switch family.kind {
        case .counter: output.append(" counter\n")
        case .gauge: output.append(" gauge\n")
        case .histogram: output.append(" histogram\n")
        }
    }

    /// One sample of a counter or gauge.
    mutating func sample(_ family: MetricFamily, _ labels: [String], _ value: UInt64) {
        appendName(family, suffix: "")
        appendLabels(family, labels, bound: nil)
        appendValue(value, family.unit)
    }

    /// The samples of one histogram: `counts` per bucket, the infinite one last.
    mutating func histogram(
        _ family: MetricFamily, _ labels: [String], counts: [UInt64], sum: UInt64
    ) {
        guard case .histogram(let bounds) = family.kind else { return }
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total &+= count
            appendName(family, suffix: "_bucket")
            appendLabels(family, labels, bound: index < bounds.count ? bounds[index] : .max)
            appendValue(total, .one)
        }
        appendName(family, suffix: "_sum")
        appendLabels(family, labels, bound: nil)
        appendValue(sum, family.unit)
        appendName(family, suffix: "_count")
        appendLabels(family, labels, bound: nil)
        appendValue(total, .one)
    }

    private mutating func appendName(_ family: MetricFamily, suffix: StaticString) {
        output.append(family.name)
        output.append(suffix)
    }

    private mutating func appendLabels(
        _ family: MetricFamily, _ labels: [String], bound: UInt64?
    ) {
        guard !labels.isEmpty || bound != nil else { return }
        var separator = UInt8(ascii: "{")
        for (name, value) in zip(family.labels, labels) {
            output.append(separator)
            output.append(name)
            output.append("=\"")
            appendEscaped(value, quotes: true)
            output.append(UInt8(ascii: "\""))
            separator = UInt8(ascii: ",")
        }
        if let bound {
            output.append(separator)
            output.append("le=\"")
            appendBound(bound, family.unit)
            output.append(UInt8(ascii: "\""))
        }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func appendBound(_ bound: UInt64, _ unit: MetricFamily.Unit) {
        guard bound != .max else { return output.append("+Inf") }
        // OpenMetrics wants bounds to look like floating-point numbers.
        appendNumber(bound, unit, wantsPoint: format == .openMetrics)
    }

    private mutating func appendValue(_ value: UInt64, _ unit: MetricFamily.Unit) {
        output.append(UInt8(ascii: " "))
        appendNumber(value, unit, wantsPoint: false)
        output.append(UInt8(ascii: "\n"))
    }

    /// Exact: microseconds become seconds by placing the point, without the zeros at the end.
    private mutating func appendNumber(
        _ value: UInt64, _ unit: MetricFamily.Unit, wantsPoint: Bool
    ) {
        var scale: UInt64 = 1
        for _ in 0..<unit.decimals { scale *= 10 }
        output.append(decimal: value / scale)
        var rest = Int(value % scale)
        guard rest > 0 else {
            if wantsPoint { output.append(".0") }
            return
        }
        var width = unit.decimals
        while rest % 10 == 0 {
            rest /= 10
            width -= 1
        }
        output.append(UInt8(ascii: "."))
        output.append(digits: rest, width: width)
    }

    private mutating func appendEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): output.append("\\\\")
            case UInt8(ascii: "\n"): output.append("\\n")
            case UInt8(ascii: "\"") where quotes || format == .openMetrics: output.append("\\\"")
            default: output.append(byte)
            }
        }
    }
}
