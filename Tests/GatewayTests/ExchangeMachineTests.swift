// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Testing
import Upstreams

/// Every input of the exchange in every state.
@Suite struct ExchangeMachineTests {
    private var random = SeededGenerator(seed: 1)

    /// Routes with the given numbers of targets; the first falls back to the others in order.
    static func table(_ counts: Int..., fallback: [Int]? = nil) -> RouteTable {
        RouteTable(
            counts.enumerated().map { route, count in
                let targets = (0..<count).map { Target(upstream: route * 10 + $0, model: nil) }
                let chain = fallback ?? Array(1..<max(counts.count, 1))
                return Route(
                    name: "r\(route)", strategy: .priority, targets: targets,
                    fallback: route == 0 ? chain : [0])
            })
    }

    private mutating func choice(
        _ machine: inout ExchangeMachine, _ table: RouteTable
    ) -> Int? {
        switch machine.next(in: table, random: &random) {
        case .attempt(let choice): return choice.upstream
        case .reject: return nil
        }
    }

    private mutating func rejection(
        _ machine: inout ExchangeMachine, _ table: RouteTable
    ) -> Rejection? {
        switch machine.next(in: table, random: &random) {
        case .attempt: return nil
        case .reject(let rejection): return rejection
        }
    }

    // MARK: - Choosing

    @Test("a new exchange chooses, and has tried nothing")
    mutating func begin() {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 3)
        #expect(machine.state == .choosing)
        #expect(machine.attempts == 0 && machine.failures.isEmpty)
        #expect(choice(&machine, Self.table(1)) == 0)
        #expect(machine.state == .attempting)
        #expect(machine.attempts == 1)
    }

    @Test("a choice names its route, its place there and its upstream")
    mutating func fullChoice() {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 3)
        let table = Self.table(0, 2)
        guard case .attempt(let choice) = machine.next(in: table, random: &random) else {
            Issue.record("nothing was chosen")
            return
        }
        #expect(choice.route == 1 && choice.index == 0 && choice.upstream == 10)
    }

    @Test("a route without any target, or no attempt allowed, is overload")
    mutating func nothingToTry() {
        var empty = ExchangeMachine(route: 0, maximumAttempts: 3)
        #expect(rejection(&empty, Self.table(0)) == .overloaded)
        #expect(empty.state == .over)
        var none = ExchangeMachine(route: 0, maximumAttempts: 0)
        #expect(rejection(&none, Self.table(2)) == .overloaded)
        #expect(none.attempts == 0)
    }

    @Test("while choosing, an exchange can be given up")
    func overWhileChoosing() {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 3)
        machine.onOver()
        #expect(machine.state == .over)
    }

    // MARK: - Attempting

    @Test("a failed attempt leads to the next target, then to the fallbacks, in their order")
    mutating func chain() {
        let table = Self.table(2, 1, 2, fallback: [2, 1])
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9)
        var seen: [Int] = []
        while let upstream = choice(&machine, table) {
            seen.append(upstream)
            let step = machine.onFailure(.unreachable, wasReused: false, gotBytes: false)
            #expect(step == .chooseNext)
            #expect(machine.state == .choosing)
        }
        #expect(seen == [0, 1, 20, 21, 10])
        #expect(machine.failures.map(\.upstream) == seen)
        #expect(machine.attempts == 5)
        #expect(machine.state == .over)
    }

    @Test("the fallbacks of a fallback are not taken, so that a cycle ends")
    mutating func cycle() {
        let table = Self.table(1, 1)
        var machine = ExchangeMachine(route: 0, maximumAttempts: 100)
        var tries = 0
        while choice(&machine, table) != nil {
            tries += 1
            _ = machine.onFailure(.broken, wasReused: false, gotBytes: false)
        }
        #expect(tries == 2)
    }

    @Test("a caller who wants no fallback gets none")
    mutating func noFallback() {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9, allowsFallback: false)
        let table = Self.table(1, 3)
        #expect(choice(&machine, table) == 0)
        _ = machine.onFailure(.broken, wasReused: false, gotBytes: false)
        #expect(rejection(&machine, table) == .upstreamFailed)
    }

    @Test("there are no more attempts than allowed")
    mutating func maximum() {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 2)
        let table = Self.table(5)
        for _ in 0..<2 {
            #expect(choice(&machine, table) != nil)
            _ = machine.onFailure(.broken, wasReused: false, gotBytes: false)
        }
        #expect(rejection(&machine, table) == .upstreamFailed)
        #expect(machine.attempts == 2)
    }

    @Test(
        "the last fault decides what the caller hears",
        arguments: [
            (AttemptFault.unreachable, Rejection.upstreamFailed), (.tls, .upstreamFailed),
            (.broken, .upstreamFailed), (.garbage, .upstreamFailed),
            (.timeout, .upstreamTimeout), (.connectTimeout, .upstreamTimeout),
            (.queueFull, .overloaded),
        ])
    mutating func rejections(fault: AttemptFault, rejection expected: Rejection) {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9)
        let table = Self.table(2)
        for fault in [AttemptFault.garbage, fault] {
            #expect(choice(&machine, table) != nil)
            _ = machine.onFailure(fault, wasReused: false, gotBytes: false)
        }
        #expect(rejection(&machine, table) == expected)
        #expect(machine.failures.map(\.fault) == [.garbage, fault])
    }

    @Test(
        "only a reused connection that broke without a byte is retried",
        arguments: [
            (AttemptFault.broken, true, false, true), (.broken, false, false, false),
            (.broken, true, true, false), (.timeout, true, false, false),
            (.garbage, true, false, false), (.unreachable, true, false, false),
            (.tls, true, false, false), (.connectTimeout, true, false, false),
            (.queueFull, true, false, false),
        ])
    mutating func staleRetry(fault: AttemptFault, reused: Bool, got: Bool, retried: Bool) {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9)
        _ = choice(&machine, Self.table(2))
        let step = machine.onFailure(fault, wasReused: reused, gotBytes: got)
        #expect(step == (retried ? .retryFresh : .chooseNext))
        #expect(machine.state == (retried ? .attempting : .choosing))
        #expect(machine.failures.count == (retried ? 0 : 1))
    }

    @Test("a stale connection is retried once in each attempt, and counts as none")
    mutating func staleRetryOnce() {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 2)
        let table = Self.table(3)
        for attempt in 1...2 {
            #expect(choice(&machine, table) != nil)
            let first = machine.onFailure(.broken, wasReused: true, gotBytes: false)
            #expect(first == .retryFresh)
            let second = machine.onFailure(.broken, wasReused: true, gotBytes: false)
            #expect(second == .chooseNext)
            #expect(machine.attempts == attempt)
        }
        #expect(rejection(&machine, table) == .upstreamFailed)
    }

    @Test(
        "an answer that is no trouble of the upstream's is relayed",
        arguments: [200, 201, 204, 301, 304, 400, 404, 409, 413, 415, 422, 499])
    mutating func relayed(status: Int) {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9)
        let table = Self.table(2)
        _ = choice(&machine, table)
        let step = machine.onAnswer(status: status, in: table)
        #expect(step == .relay)
        #expect(machine.state == .attempting && machine.failures.isEmpty)
    }

    @Test(
        "an answer of trouble is dropped while another target is left, else relayed",
        arguments: [401, 402, 403, 408, 429, 500, 502, 503, 529, 599])
    mutating func trouble(status: Int) {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9)
        let table = Self.table(1, 1)
        #expect(choice(&machine, table) == 0)
        let first = machine.onAnswer(status: status, in: table)
        #expect(first == .chooseNext)
        #expect(machine.state == .choosing)
        #expect(choice(&machine, table) == 10)
        let second = machine.onAnswer(status: status, in: table)
        #expect(second == .relay)
        #expect(machine.state == .attempting)
        #expect(machine.failures.map(\.fault) == [.status(status), .status(status)])
    }

    @Test("the last answer is relayed when the attempts are used up or fallback is off")
    mutating func lastAnswer() {
        let table = Self.table(1, 5)
        var once = ExchangeMachine(route: 0, maximumAttempts: 1)
        _ = choice(&once, table)
        let limited = once.onAnswer(status: 500, in: table)
        #expect(limited == .relay)
        var alone = ExchangeMachine(route: 0, maximumAttempts: 9, allowsFallback: false)
        _ = choice(&alone, table)
        let lonely = alone.onAnswer(status: 500, in: table)
        #expect(lonely == .relay)
    }

    @Test("an answer whose fallbacks have no target is relayed, for there is nothing else")
    mutating func emptyFallback() {
        let table = Self.table(1, 0)
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9)
        _ = choice(&machine, table)
        let step = machine.onAnswer(status: 500, in: table)
        #expect(step == .relay)
    }

    @Test("while attempting, an exchange can be given up")
    mutating func overWhileAttempting() {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 3)
        _ = choice(&machine, Self.table(1))
        machine.onOver()
        #expect(machine.state == .over)
    }

    // MARK: - Relaying

    @Test(
        "a relayed answer that fails is broken off, whatever is left to try",
        arguments: [
            (AttemptFault.broken, Rejection.upstreamBroke), (.garbage, .upstreamBroke),
            (.timeout, .upstreamTimeout),
        ])
    mutating func breakOff(fault: AttemptFault, rejection: Rejection) {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9)
        _ = choice(&machine, Self.table(3))
        machine.onCommitted()
        #expect(machine.state == .relaying)
        let step = machine.onFailure(fault, wasReused: true, gotBytes: false)
        #expect(step == .breakOff(rejection))
        #expect(machine.state == .over)
    }

    @Test("a relayed answer that is complete is over")
    mutating func complete() {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 9)
        _ = choice(&machine, Self.table(3))
        machine.onCommitted()
        machine.onOver()
        #expect(machine.state == .over)
    }

    // MARK: - Our own mistakes

    /// A machine in each state, made inside the process that is to end.
    private static func machine(_ state: ExchangeMachine.State) -> ExchangeMachine {
        var machine = ExchangeMachine(route: 0, maximumAttempts: 3)
        var random = SeededGenerator(seed: 1)
        if state == .over { machine.onOver() }
        guard state == .attempting || state == .relaying else { return machine }
        _ = machine.next(in: table(2), random: &random)
        if state == .relaying { machine.onCommitted() }
        return machine
    }

    @Test("a target asked for while one is tried traps")
    func nextTraps() async {
        await #expect(processExitsWith: .failure) {
            var machine = Self.machine(.attempting)
            var random = SeededGenerator(seed: 1)
            _ = machine.next(in: Self.table(2), random: &random)
        }
        await #expect(processExitsWith: .failure) {
            var machine = Self.machine(.over)
            var random = SeededGenerator(seed: 1)
            _ = machine.next(in: Self.table(2), random: &random)
        }
    }

    @Test("a failure without an attempt traps")
    func failureTraps() async {
        await #expect(processExitsWith: .failure) {
            var machine = Self.machine(.choosing)
            _ = machine.onFailure(.broken, wasReused: false, gotBytes: false)
        }
        await #expect(processExitsWith: .failure) {
            var machine = Self.machine(.over)
            _ = machine.onFailure(.broken, wasReused: false, gotBytes: false)
        }
    }

    @Test("a second answer traps")
    func answerTraps() async {
        await #expect(processExitsWith: .failure) {
            var machine = Self.machine(.relaying)
            _ = machine.onAnswer(status: 200, in: Self.table(2))
        }
        await #expect(processExitsWith: .failure) {
            var machine = Self.machine(.relaying)
            machine.onCommitted()
        }
    }
}
