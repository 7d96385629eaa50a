// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Telemetry

/// What one worker tells the world of its exchanges: counters and access records.
public final class Reporter {
    public init() {}

    func apply(_ snapshot: Snapshot) {}

    func onBegin() {}

    func record(refused reception: Reception, _ note: RejectionNote, at worker: Worker) {}

    func record(unread note: RejectionNote, at worker: Worker) {}

    func record(local reception: Reception, status: Int, at worker: Worker) {}

    func metricsText(accept: Bytes) -> (StaticString, Bytes) { ("text/plain", Bytes()) }
}

extension Worker {
    func record(_ exchange: Exchange, outcome: StaticString) {}

    func noteAttempt(upstream: Int, outcome: StaticString, of live: LiveSnapshot) {}
}
