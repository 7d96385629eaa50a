// SPDX-License-Identifier: Apache-2.0
public import Core

/// What the cluster promises, scenario by scenario, measured over many seeds and printed.
public enum ScenarioTable {
    /// How many seeds: all of them, or a hundredth and no more than 128 nodes.
    public enum Size: Sendable { case quick, full }

    /// One scenario with the sizes to run it at and the figures to keep.
    struct Row: Sendable {
        let scenario: String
        let sizes: [(nodes: Int, seeds: Int)]
        let figures: [ScenarioFigure]
    }

    /// A part of the table: lines of one scenario, or of one number of nodes.
    public struct Part: Sendable {
        var scenario: String?
        var nodes: Int?
        /// Seeds of a line at most.
        public var seedLimit = Int.max

        public init(scenario: String? = nil, nodes: Int? = nil) {
            self.scenario = scenario
            self.nodes = nodes
        }

        func contains(_ row: Row, nodes count: Int) -> Bool {
            (scenario == nil || scenario == row.scenario) && (nodes == nil || nodes == count)
        }
    }

    /// Prints a line per scenario and size as it is done; true when every promise was kept.
    ///
    /// `clock` is read for the speed only.
    public static func run(
        _ size: Size, _ part: Part = Part(), clock: () -> Instant, say: (String) -> Void
    ) -> Bool {
        say("| scenario | nodes | seeds | failed | node-hours | figures (bound) |")
        say("|---|---:|---:|---:|---:|---|")
        let start = clock()
        var nodeSeconds = 0.0
        var isKept = true
        for row in rows {
            for (nodes, seeds) in row.sizes where part.contains(row, nodes: nodes) {
                let count = min(size == .full ? seeds : max(seeds / 100, 2), part.seedLimit)
                guard size == .full || nodes <= 128 else { continue }
                let line = measure(row, nodes: nodes, seeds: count)
                nodeSeconds += line.nodeSeconds
                isKept = isKept && line.isKept
                say(line.text)
            }
        }
        let seconds = Double((clock() - start).milliseconds) / 1000
        say(
            "\n\(Int(nodeSeconds / 3600)) node-hours in \(Int(seconds)) s:"
                + " \(Int(nodeSeconds / max(seconds, 0.001))) node-seconds a second. "
                + (isKept ? "Every promise was kept." : "NOT every promise was kept."))
        return isKept
    }

    private struct Line {
        var text: String
        var nodeSeconds: Double
        var isKept: Bool
    }

    private static func measure(_ row: Row, nodes: Int, seeds: Int) -> Line {
        guard let entry = ScenarioCatalogue.entry(row.scenario) else {
            preconditionFailure("the table names a scenario that is not in the catalogue")
        }
        var samples: [[Double]] = Array(repeating: [], count: row.figures.count)
        var failed: [ClusterRunResult] = []
        var nodeSeconds = 0.0
        let scenario = entry.make(nodes)
        for seed in 1...UInt64(seeds) {
            let result = scenario.run(seed: seed)
            nodeSeconds += result.statistics.nodeSeconds
            if !result.hasPassed { failed.append(result) }
            for (index, figure) in row.figures.enumerated() {
                if let value = result[figure.measure] { samples[index].append(value) }
            }
        }
        let hours = nodeSeconds / 3600
        let results = zip(row.figures, samples).map { figure, samples in
            figure.judge(samples, nodes: nodes, hours: hours)
        }
        var text = "| \(row.scenario) | \(nodes) | \(seeds) | \(failed.count) | \(Int(hours)) | "
        text += results.map(\.text).joined(separator: ", ") + " |"
        for failure in failed.prefix(3) {
            text += "\n\nfailed: \(failure)\n"
        }
        let isKept = failed.isEmpty && results.allSatisfy(\.isKept)
        return Line(text: text, nodeSeconds: nodeSeconds, isKept: isKept)
    }
}
