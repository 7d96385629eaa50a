// SPDX-License-Identifier: Apache-2.0
public import Core

extension MetricRegistry {
    /// All metrics as text; from any thread.
    public func text(_ format: MetricFormat) -> Bytes {
        let state = view()
        var encoder = PrometheusEncoder(format)
        for (family, series) in zip(state.families, state.series) {
            encoder.begin(family)
            for one in series { state.encode(one, of: family, to: &encoder) }
        }
        encodeProcess(to: &encoder)
        return encoder.finish()
    }

    private func encodeProcess(to encoder: inout PrometheusEncoder) {
        encoder.begin(ProcessFamilies.build)
        encoder.sample(ProcessFamilies.build, [version], 1)
        let started = UInt64(clamping: startedAt.nanoseconds / 1_000)
        encoder.begin(ProcessFamilies.startTime)
        encoder.sample(ProcessFamilies.startTime, [], started)
        let facts = ProcessFacts()
        for (family, value) in [
            (ProcessFamilies.cpu, facts.cpuMicroseconds),
            (ProcessFamilies.resident, facts.residentBytes),
            (ProcessFamilies.descriptors, facts.openDescriptors),
        ] {
            guard let value else { continue }
            encoder.begin(family)
            encoder.sample(family, [], value)
        }
    }
}

extension MetricRegistry.State {
    fileprivate func encode(
        _ series: MetricSeries, of family: MetricFamily, to encoder: inout PrometheusEncoder
    ) {
        guard case .histogram(let bounds) = family.kind else {
            return encoder.sample(family, series.labels, sum(series.cell))
        }
        let counts = (0...bounds.count).map { sum(series.cell + $0) }
        encoder.histogram(
            family, series.labels, counts: counts, sum: sum(series.cell + bounds.count + 1))
    }
}

/// What every exporter tells of its process, under the names that everybody uses.
enum ProcessFamilies {
    static let build = MetricFamily(
        name: "apus_build_info", help: "The version that runs; the value is always 1.",
        kind: .gauge, labels: ["version"])
    static let startTime = MetricFamily(
        name: "process_start_time_seconds", help: "Start of the process since 1970.",
        kind: .gauge, unit: .seconds)
    static let cpu = MetricFamily(
        name: "process_cpu_seconds_total", help: "Processor time spent, user and system.",
        kind: .counter, unit: .seconds)
    static let resident = MetricFamily(
        name: "process_resident_memory_bytes", help: "Resident memory.", kind: .gauge)
    static let descriptors = MetricFamily(
        name: "process_open_fds", help: "Open file descriptors.", kind: .gauge)
}
