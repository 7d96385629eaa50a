// SPDX-License-Identifier: Apache-2.0
internal import Core

/// One figure of a scenario: what is measured, how runs are summed up, and what is promised.
struct ScenarioFigure: Sendable {
    let measure: String
    let statistic: Statistic
    /// The greatest value allowed with so many nodes; nil where none is promised.
    var bound: @Sendable (_ nodes: Int) -> Double? = { _ in nil }
    /// The least value allowed.
    var least: Double?

    enum Statistic: String, Sendable {
        case median = "p50"
        case p99
        case greatest = "max"
        case smallest = "min"
        case sum
        /// The sum by 1,000 hours of node time.
        case perThousandHours = "per 1,000 node-hours"
    }

    init(
        _ measure: String, _ statistic: Statistic,
        atMost bound: @escaping @Sendable (_ nodes: Int) -> Double?
    ) {
        self.measure = measure
        self.statistic = statistic
        self.bound = bound
    }

    init(_ measure: String, _ statistic: Statistic, atMost bound: Double? = nil) {
        self.init(measure, statistic, atMost: { _ in bound })
    }

    init(_ measure: String, _ statistic: Statistic, atLeast least: Double) {
        self.init(measure, statistic)
        self.least = least
    }

    /// The figure as text with its bound, and whether it is kept.
    func judge(
        _ samples: [Double], nodes: Int, hours: Double
    ) -> (text: String, isKept: Bool) {
        let title = "\(measure) \(statistic.rawValue)"
        guard !samples.isEmpty else { return ("\(title) was not measured", false) }
        let value = value(samples.sorted(), hours: hours)
        var text = "\(title) \(Self.spell(value))"
        var isKept = true
        if let bound = bound(nodes) {
            text += " (≤ \(Self.spell(bound)))"
            isKept = value <= bound
        }
        if let least {
            text += " (≥ \(Self.spell(least)))"
            isKept = value >= least
        }
        return (isKept ? text : "**\(text)**", isKept)
    }

    private func value(_ sorted: [Double], hours: Double) -> Double {
        let sum = sorted.reduce(0, +)
        switch statistic {
        case .median: return sorted[sorted.count / 2]
        case .p99: return sorted[min(sorted.count * 99 / 100, sorted.count - 1)]
        case .greatest: return sorted[sorted.count - 1]
        case .smallest: return sorted[0]
        case .sum: return sum
        case .perThousandHours: return sum / hours * 1000
        }
    }

    /// Three decimals below ten, none above a hundred.
    private static func spell(_ value: Double) -> String {
        if value >= 100 || value == value.rounded() { return "\(Int(value.rounded()))" }
        let thousandths = Int((value * 1000).rounded())
        return "\(thousandths / 1000)." + "\(1000 + thousandths % 1000)".dropFirst()
    }
}
