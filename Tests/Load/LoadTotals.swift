// SPDX-License-Identifier: Apache-2.0
import Core

/// What a run has counted and measured.
struct LoadTotals {
    /// Why a request has no whole answer.
    enum Failure: String, CaseIterable {
        case connect, closedEarly = "closed_early", badAnswer = "bad_answer", timeout
        case reset, errorEvent = "error_event"
        /// No connection was free for it until the run was over.
        case neverSent = "never_sent"
    }

    var sent = 0
    var completed = 0
    var aborted = 0
    var bytesIn = 0
    var events = 0
    /// Most requests under way at once.
    var openMax = 0
    var statuses: [Int: Int] = [:]
    var failures: [Failure: Int] = [:]
    /// From the intended time to the last byte.
    var latency = SampleSet()
    /// From the intended time to the first event with content.
    var firstToken = SampleSet()
    /// From the provider's stamp to its arrival here.
    var relay = SampleSet()
    /// How late requests left.
    var lateness = SampleSet()

    var failed: Int { failures.values.reduce(0, +) }
}
