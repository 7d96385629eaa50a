// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Every course of events by the name under which it is asked for and repeated.
public enum ScenarioCatalogue {
    /// One course, before the number of nodes is chosen.
    public struct Entry: Sendable {
        public let name: String
        /// Nodes when nobody says how many.
        public let nodes: Int
        public let make: @Sendable (_ nodes: Int) -> ClusterScenario
    }

    public static let entries: [Entry] = [
        Entry(name: "crash", nodes: 5) { .crash(nodes: $0) },
        Entry(name: "crash-loss", nodes: 5) { .crash(nodes: $0, loss: 0.05) },
        Entry(name: "udp-loss", nodes: 5) {
            .loss(nodes: $0, datagrams: 0.3, segments: 0, for: .seconds(60))
        },
        Entry(name: "loss", nodes: 8) {
            .loss(nodes: $0, datagrams: 0.2, segments: 0.2, for: .seconds(450))
        },
        Entry(name: "one-way", nodes: 4) { .oneWay(nodes: $0) },
        Entry(name: "stop-1s", nodes: 8) { .stop(nodes: $0, for: .seconds(1)) },
        Entry(name: "stop-3s", nodes: 8) { .stop(nodes: $0, for: .seconds(3)) },
        Entry(name: "stop-8s", nodes: 8) { .stop(nodes: $0, for: .seconds(8)) },
        Entry(name: "starve", nodes: 32) { .starve(nodes: $0, starved: 4, for: .seconds(60)) },
        Entry(name: "partition-2", nodes: 8) {
            .partition(nodes: $0, sides: 2, for: .seconds(60))
        },
        Entry(name: "partition-3", nodes: 8) {
            .partition(nodes: $0, sides: 3, for: .seconds(60))
        },
        Entry(name: "partition-30m", nodes: 8) {
            .partition(nodes: $0, sides: 2, for: .seconds(1800))
        },
        Entry(name: "partition-25h", nodes: 5) {
            .partition(nodes: $0, sides: 2, for: .seconds(25 * 3600))
        },
        Entry(name: "restart-all", nodes: 8) { .restartAll(nodes: $0) },
        Entry(name: "rolling-restart", nodes: 8) { .rollingRestart(nodes: $0) },
        Entry(name: "leave", nodes: 8) { .leave(nodes: $0) },
        Entry(name: "key-rotation", nodes: 5) { .keyRotation(nodes: $0) },
        Entry(name: "replay", nodes: 4) { .replay(nodes: $0, for: .seconds(60)) },
        Entry(name: "idle", nodes: 5) { .idle(nodes: $0) },
        Entry(name: "idle-loss", nodes: 5) { .idle(nodes: $0, loss: 0.05) },
        Entry(name: "churn", nodes: 64) { .churn(nodes: $0, for: .seconds(60)) },
        Entry(name: "urgent-record", nodes: 32) { .urgentRecord(nodes: $0) },
        Entry(name: "same-name", nodes: 5) { .sameName(nodes: $0) },
        Entry(name: "clock-jump", nodes: 5) { .clockJump(nodes: $0) },
        Entry(name: "bad-seeds", nodes: 5) { .badSeeds(nodes: $0) },
        Entry(name: "bridge-crash", nodes: 12) { .bridgeCrash(nodes: $0, regions: 3) },
        Entry(name: "bridges-crash", nodes: 12) { .allBridgesCrash(nodes: $0, regions: 2) },
        Entry(name: "region-cut", nodes: 12) {
            .regionCut(nodes: $0, regions: 3, for: .seconds(120))
        },
        Entry(name: "wide-rolling-restart", nodes: 8) {
            .wideRollingRestart(nodes: $0, regions: 2)
        },
    ]

    /// A course by name; nil when there is none.
    public static func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }
}
