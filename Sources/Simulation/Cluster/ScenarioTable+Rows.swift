// SPDX-License-Identifier: Apache-2.0
internal import Core

extension ScenarioTable {
    /// The promises, in the order in which the table is printed.
    static let rows: [Row] = [
        Row(
            scenario: "crash", sizes: sizes([3, 5, 8, 16, 32, 64, 128]) + [(1000, 20)],
            figures: detection(slower: 1, spread: 0.15)),
        Row(
            scenario: "crash-loss", sizes: sizes([3, 5, 8, 16, 32, 64, 128]),
            figures: detection(slower: 1.1, spread: 0.25)),
        Row(
            scenario: "udp-loss", sizes: sizes([5, 32]) + [(128, 100)],
            figures: [
                ScenarioFigure("false-deaths", .sum, atMost: 0),
                ScenarioFigure("suspicions", .perThousandHours),
            ]),
        Row(
            scenario: "loss", sizes: sizes([8]),
            figures: [
                ScenarioFigure("false-deaths", .perThousandHours, atMost: 1),
                ScenarioFigure("healed", .greatest, atMost: 2),
                ScenarioFigure("agreed", .p99), ScenarioFigure("agreed", .greatest, atMost: 20),
            ]),
        Row(
            scenario: "one-way", sizes: sizes([4, 8]) + [(32, 100)],
            figures: [ScenarioFigure("suspicions-per-minute", .p99)]),
        Row(scenario: "stop-1s", sizes: sizes([8, 32]), figures: back),
        Row(scenario: "stop-3s", sizes: sizes([8, 32]), figures: back),
        Row(scenario: "stop-8s", sizes: sizes([8, 32]) + [(128, 50)], figures: back),
        Row(
            scenario: "starve", sizes: sizes([16]) + [(32, 200), (128, 20)],
            figures: [ScenarioFigure("lowest-score", .smallest, atLeast: 4)]),
        Row(
            scenario: "partition-2", sizes: sizes([3, 8, 32]) + [(128, 100), (1000, 20)],
            figures: agreed),
        Row(scenario: "partition-3", sizes: sizes([8, 32]) + [(128, 50)], figures: agreed),
        Row(scenario: "partition-30m", sizes: sizes([8]), figures: agreed),
        Row(scenario: "partition-25h", sizes: [(5, 20)], figures: agreed),
        Row(
            scenario: "restart-all", sizes: sizes([3, 8, 32]) + [(128, 100)],
            figures: [ScenarioFigure("agreed", .greatest, atMost: 10)]),
        Row(
            scenario: "rolling-restart", sizes: sizes([3, 8]) + [(32, 100)],
            figures: [ScenarioFigure("old-gone", .greatest, atMost: 1)]),
        Row(
            scenario: "leave", sizes: sizes([3, 8, 32, 128]),
            figures: [ScenarioFigure("all", .p99, atMost: 0.15)]),
        Row(
            scenario: "key-rotation", sizes: sizes([5, 16]),
            figures: [ScenarioFigure("dropped", .sum, atMost: 0)]),
        Row(
            scenario: "replay", sizes: sizes([4]) + [(16, 100)],
            figures: [ScenarioFigure("replayed", .sum)]),
        Row(
            scenario: "idle", sizes: sizes([3, 8, 32]) + [(128, 50)],
            figures: [ScenarioFigure("bytes-per-second", .greatest, atMost: 1000)]),
        Row(
            scenario: "idle-loss", sizes: sizes([3, 8]) + [(32, 200)],
            figures: [ScenarioFigure("bytes-per-second", .greatest, atMost: 1600)]),
        Row(
            scenario: "churn", sizes: [(16, 1000), (64, 100)],
            figures: [
                ScenarioFigure("queue-p99", .greatest, atMost: 256),
                ScenarioFigure("records", .greatest),
            ]),
        Row(
            scenario: "urgent-record", sizes: sizes([3, 8, 32, 128]),
            figures: [ScenarioFigure("all", .p99, atMost: 0.15)]),
        Row(scenario: "same-name", sizes: sizes([3, 5]), figures: settled),
        // Who is alive all know at once; the tombstone of a life of some milliseconds may have to
        // wait for an exchange, one in 15 s.
        Row(
            scenario: "clock-jump", sizes: sizes([3, 5]),
            figures: [
                ScenarioFigure("agreed", .p99), ScenarioFigure("agreed", .greatest, atMost: 20),
            ]),
        Row(scenario: "bad-seeds", sizes: sizes([3, 5]), figures: settled),
        Row(
            scenario: "bridge-crash", sizes: [(12, 1000), (60, 50)],
            figures: [
                ScenarioFigure("successor", .p99, atMost: 5),
                ScenarioFigure("buried", .median), ScenarioFigure("buried", .greatest),
            ]),
        Row(
            scenario: "bridges-crash", sizes: [(12, 1000)],
            figures: [ScenarioFigure("agreed", .median), ScenarioFigure("agreed", .greatest)]),
        Row(
            scenario: "region-cut", sizes: [(12, 1000)],
            figures: [
                ScenarioFigure("noticed", .median), ScenarioFigure("noticed", .greatest),
                ScenarioFigure("agreed", .greatest, atMost: 10),
            ]),
        Row(
            scenario: "wide-rolling-restart", sizes: [(8, 1000)],
            figures: [ScenarioFigure("terms", .greatest)]),
    ]

    private static func sizes(_ nodes: [Int]) -> [(nodes: Int, seeds: Int)] {
        nodes.map { ($0, 1000) }
    }

    private static let back = [ScenarioFigure("back", .greatest, atMost: 1)]
    private static let settled = [ScenarioFigure("agreed", .greatest, atMost: 10)]
    private static let agreed = [ScenarioFigure("agreed", .greatest, atMost: 5)]

    /// Time to the first death at any node, and from there to the last node.
    private static func detection(slower: Double, spread: Double) -> [ScenarioFigure] {
        [
            ScenarioFigure("first", .median) { nodes in
                switch nodes {
                case ...8: 1.6 * slower
                case ...32: 2.2 * slower
                case ...128: 3.0 * slower
                default: nil
                }
            },
            ScenarioFigure("first", .p99) { nodes in
                switch nodes {
                case ...8: 2.5 * slower
                case ...32: 3.5 * slower
                case ...128: 4.0 * slower
                default: nil
                }
            },
            ScenarioFigure("spread", .p99) { $0 <= 128 ? spread : nil },
        ]
    }
}
