// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Reactor

/// What one exchange adds up for its record and the metrics.
struct ExchangeFacts {
    var status = 0
    var answerBytes = 0
    var usage: Usage?
    /// Whether the usage is a guess of ours.
    var isEstimated = false
    /// When the request was handed to the kernel for the upstream, last attempt.
    var sentAt: Instant?
    /// When the last answer's head came.
    var answeredAt: Instant?
    /// When the first byte of the body came.
    var firstByteAt: Instant?
    /// Time spent here before and after the upstream's own.
    var overhead: Nanoseconds?
    private let started: Instant

    init(started: Instant) { self.started = started }

    /// The answer begins: what is known of the gateway's own share of the time.
    mutating func noteCommit() {
        guard let sentAt, let answeredAt else { return }
        overhead = sentAt.since(started) + SystemClock.monotonic().since(answeredAt)
    }
}

/// The sentences for rejections that are not about the request itself.
enum GatewaySentence {
    static func of(_ rejection: Rejection) -> String {
        switch rejection {
        case .upstreamFailed: "No provider for this model gave an answer."
        case .upstreamTimeout: "No provider for this model answered in the time allowed."
        case .upstreamBroke: "The provider broke off in the middle of its answer."
        case .overloaded: "Too many requests are waiting for this model; try again shortly."
        case .draining: "This node is shutting down; send the request again."
        default: "The gateway failed to handle the request."
        }
    }
}
