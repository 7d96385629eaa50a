// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The two text forms of metrics.
public enum MetricFormat: Sendable, CaseIterable {
    /// Prometheus text format 0.0.4, what everybody reads.
    case prometheus
    /// OpenMetrics 1.0, when asked for.
    case openMetrics

    public var contentType: StaticString {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// OpenMetrics if an `accept` field names it and does not refuse it.
    public init(accept: Span<UInt8>) {
        self = .prometheus
        var start = 0
        while start < accept.count {
            let end = accept.firstIndex(of: UInt8(ascii: ","), from: start) ?? accept.count
            let range = accept.extracting(start..<end)
            if Self.isOpenMetrics(range.extracting(range.trimmedRange)) { self = .openMetrics }
            start = end + 1
        }
    }

    private static func isOpenMetrics(_ range: Span<UInt8>) -> Bool {
        let name = "application/openmetrics-text".utf8.count
        guard range.count >= name,
            range.extracting(0..<name).equalsIgnoringCase("application/openmetrics-text")
        else { return false }
        // A weight of zero refuses (RFC 9110 §12.4.2): `q=0`, `q=0.0` and so on.
        var index = name
        while let place = range.firstIndex(of: UInt8(ascii: "="), from: index) {
            let isWeight = ASCII.lowercased(range[place - 1]) == UInt8(ascii: "q")
            if isWeight, isZero(range, from: place + 1) { return false }
            index = place + 1
        }
        return true
    }

    private static func isZero(_ text: Span<UInt8>, from start: Int) -> Bool {
        var index = start
        while index < text.count, text[index] == UInt8(ascii: "0") || text[index] == 0x2E {
            index += 1
        }
        return index > start && (index == text.count || !ASCII.isDigit(text[index]))
    }
}
