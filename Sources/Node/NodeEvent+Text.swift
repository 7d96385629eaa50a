// SPDX-License-Identifier: Apache-2.0
internal import Config
internal import Core

extension NodeEvent {
    /// Lines for a person at a terminal.
    public var lines: [String] {
        switch self {
        case .started(let facts): StartBanner(facts).lines
        case .remarks(let findings): findings.map(\.description)
        case .reloaded(let generation, let cause, let notes):
            ["configuration \(generation) in use (\(cause.label))"] + notes.map(\.description)
        case .reloadRefused(let findings, let cause):
            findings.map(\.description)
                + ["the configuration stays as it was (\(cause.label))"]
        case .unwatched(let folders):
            folders.map { "cannot watch \($0); changes there are noticed within 10 seconds" }
        case .accessLogKept(let fault): ["\(fault); access records go on to the old file"]
        case .draining(let patience):
            [
                "draining: answers under way have \(patience.milliseconds / 1000) s; "
                    + "a second signal stops at once"
            ]
        case .expired: ["time is up: what was under way is broken off"]
        case .stuck(let workers): ["\(workers) workers did not end; this is a fault of Apus itself"]
        case .stopped: ["stopped"]
        case .cluster(let event): [event.line]
        }
    }
}
