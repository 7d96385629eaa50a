// SPDX-License-Identifier: Apache-2.0
public import Core
internal import Upstreams

/// The life of one exchange between authentication and its end, as pure decisions.
///
/// `choosing → attempting → relaying → over`; from `attempting` back to `choosing` as long as
/// nothing of an answer has reached the client. The shell performs what the methods return.
public struct ExchangeMachine: Sendable {
    /// Where an exchange stands.
    public enum State: Sendable, Equatable {
        /// No attempt is under way; next: attempting, over.
        case choosing
        /// An attempt is under way, the client has nothing; next: choosing, relaying, over.
        case attempting
        /// The client has the head of an answer; next: over.
        case relaying
        /// Answered, refused or given up.
        case over
    }

    /// One target of one route.
    public struct TargetChoice: Sendable, Equatable {
        public var route: Int
        public var index: Int
        public var upstream: Int
    }

    /// One try that did not lead to an answer.
    public struct FailedAttempt: Sendable, Equatable {
        public var upstream: Int
        public var fault: AttemptFault
    }

    public private(set) var state = State.choosing
    /// Tries begun, retries on a fresh connection not counted.
    public private(set) var attempts = 0
    public private(set) var failures: [FailedAttempt] = []
    private var route: Int
    private var plan = AttemptPlan()
    private var fallbacksTaken = 0
    private let firstRoute: Int
    private let maximumAttempts: Int
    private let allowsFallback: Bool
    private var mayRetryStale = true
    private var current: TargetChoice?

    public init(route: Int, maximumAttempts: Int, allowsFallback: Bool = true) {
        self.route = route
        firstRoute = route
        self.maximumAttempts = maximumAttempts
        self.allowsFallback = allowsFallback
    }

    /// What to do to get an answer.
    public enum NextStep: Sendable {
        case attempt(TargetChoice)
        /// Each target was tried, or there were enough attempts.
        case reject(Rejection)
    }

    /// Chooses a target; call it once at the start and after each `.chooseNext`.
    public mutating func next(
        in table: RouteTable, random: inout SeededGenerator
    ) -> NextStep {
        precondition(state == .choosing, "a target was asked for while \(state)")
        if attempts < maximumAttempts, let choice = nextTarget(in: table, random: &random) {
            attempts += 1
            state = .attempting
            mayRetryStale = true
            current = choice
            return .attempt(choice)
        }
        state = .over
        return .reject(rejection)
    }

    private mutating func nextTarget(
        in table: RouteTable, random: inout SeededGenerator
    ) -> TargetChoice? {
        while true {
            let targets = table.routes[route].targets
            let strategy = table.routes[route].strategy
            if let index = plan.next(of: targets, strategy: strategy, random: &random) {
                return TargetChoice(
                    route: route, index: index, upstream: targets[index].upstream)
            }
            guard allowsFallback, advanceToFallback(in: table) else { return nil }
        }
    }

    /// A chain is the first route's own list, so that a cycle of fallbacks cannot be walked.
    private mutating func advanceToFallback(in table: RouteTable) -> Bool {
        let chain = table.routes[firstRoute].fallback
        guard fallbacksTaken < chain.count else { return false }
        route = chain[fallbacksTaken]
        fallbacksTaken += 1
        plan.restart()
        return true
    }

    private var rejection: Rejection {
        guard let last = failures.last else { return .overloaded }
        if last.fault == .queueFull { return .overloaded }
        return last.fault.isTimeout ? .upstreamTimeout : .upstreamFailed
    }

    /// What follows a failed attempt.
    public enum FailureStep: Sendable, Equatable {
        /// The same target again, on a connection that was never used.
        case retryFresh
        /// Ask `next` for another target.
        case chooseNext
        /// The client has part of the answer: send the dialect's error event and cut the stream.
        case breakOff(Rejection)
    }

    /// An attempt failed; `wasReused` and `gotBytes` tell whether the connection had gone stale.
    public mutating func onFailure(
        _ fault: AttemptFault, wasReused: Bool, gotBytes: Bool
    ) -> FailureStep {
        switch state {
        case .attempting:
            if fault == .broken, wasReused, !gotBytes, mayRetryStale {
                mayRetryStale = false
                return .retryFresh
            }
            noteFailure(fault)
            state = .choosing
            return .chooseNext
        case .relaying:
            noteFailure(fault)
            state = .over
            return .breakOff(fault.isTimeout ? .upstreamTimeout : .upstreamBroke)
        case .choosing, .over:
            preconditionFailure("an attempt failed while \(state)")
        }
    }

    /// The target chosen cannot be asked for this; it counts as no attempt.
    public mutating func onInexpressible() {
        precondition(state == .attempting, "a target was found unfit while \(state)")
        attempts -= 1
        state = .choosing
    }

    private mutating func noteFailure(_ fault: AttemptFault) {
        failures.append(FailedAttempt(upstream: current?.upstream ?? -1, fault: fault))
    }

    /// What to do with an answer whose head has come.
    public enum AnswerStep: Sendable, Equatable {
        /// Send it on.
        case relay
        /// Drop it and ask `next` for another target.
        case chooseNext
    }

    /// The upstream has answered with this status.
    ///
    /// An answer that tells of the upstream's own trouble is dropped only if there is another
    /// target; the last one's answer is the caller's, with the provider's own words.
    public mutating func onAnswer(status: Int, in table: RouteTable) -> AnswerStep {
        precondition(state == .attempting, "an answer came while \(state)")
        guard AttemptFault.isUpstreamTrouble(status) else { return .relay }
        noteFailure(.status(status))
        guard attempts < maximumAttempts, hasFurtherTarget(in: table) else { return .relay }
        state = .choosing
        return .chooseNext
    }

    private func hasFurtherTarget(in table: RouteTable) -> Bool {
        if plan.hasUntried(of: table.routes[route].targets) { return true }
        guard allowsFallback else { return false }
        return table.routes[firstRoute].fallback.dropFirst(fallbacksTaken).contains {
            !table.routes[$0].targets.isEmpty
        }
    }

    /// The head of an answer goes to the client; from here on there is no other target.
    public mutating func onCommitted() {
        precondition(state == .attempting, "an answer was begun while \(state)")
        state = .relaying
    }

    /// The answer is complete, or the client is gone.
    public mutating func onOver() { state = .over }
}
