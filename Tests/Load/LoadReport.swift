// SPDX-License-Identifier: Apache-2.0
import Core
import JSON
import Simulation

/// The figures of a run, as a table for people or an object for programs.
struct LoadReport {
    let options: LoadOptions
    let totals: LoadTotals

    private var seconds: Double { Double(options.duration.nanoseconds) / 1e9 }

    /// Name and summary of each set that holds something.
    private var summaries: [(name: StaticString, summary: SampleSummary)] {
        [
            ("latency_us", totals.latency), ("first_token_us", totals.firstToken),
            ("relay_us", totals.relay), ("lateness_us", totals.lateness),
        ].compactMap { (name: StaticString, set: SampleSet) in
            set.summary().map { (name, $0) }
        }
    }

    func json() -> Bytes {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("rate")
        if let rate = options.rate { writer.double(rate) } else { writer.null() }
        writer.key("held")
        if let held = options.held { writer.int(held) } else { writer.null() }
        writer.key("seconds")
        writer.double(seconds)
        for (name, value) in counts {
            writer.key(name)
            writer.int(value)
        }
        writer.key("achieved_rate")
        writer.double(Double(totals.completed) / seconds)
        writer.key("statuses")
        writer.beginObject()
        for (status, count) in totals.statuses.sorted(by: { $0.key < $1.key }) {
            writer.key(Bytes("\(status)").span)
            writer.int(count)
        }
        writer.endObject()
        writer.key("errors")
        writer.beginObject()
        for (failure, count) in totals.failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.key(Bytes(failure.rawValue).span)
            writer.int(count)
        }
        writer.endObject()
        for (name, summary) in summaries { write(name, summary, into: &writer) }
        writer.endObject()
        return writer.finish()
    }

    private var counts: [(StaticString, Int)] {
        [
            ("sent", totals.sent), ("completed", totals.completed), ("aborted", totals.aborted),
            ("failed", totals.failed), ("open_max", totals.openMax), ("events", totals.events),
            ("bytes_in", totals.bytesIn),
        ]
    }

    private func write(
        _ name: StaticString, _ summary: SampleSummary, into writer: inout JSONWriter
    ) {
        writer.key(name)
        writer.beginObject()
        writer.key("count")
        writer.int(summary.count)
        for figure in summary.figures {
            writer.key(figure.name)
            writer.double((figure.value * 10).rounded() / 10)
        }
        writer.endObject()
    }

    func table() -> String {
        let achieved = Int((Double(totals.completed) / seconds).rounded())
        var lines = [
            "sent \(totals.sent), completed \(totals.completed), aborted \(totals.aborted), "
                + "failed \(totals.failed), \(achieved) per second, at once \(totals.openMax)"
        ]
        for (status, count) in totals.statuses.sorted(by: { $0.key < $1.key }) {
            lines.append("status \(status): \(count)")
        }
        for (failure, count) in totals.failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append("error \(failure.rawValue): \(count)")
        }
        for (name, summary) in summaries {
            let figures = summary.figures.map { "\($0.name) \(Int($0.value.rounded()))" }
            lines.append("\(name): " + figures.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }
}
