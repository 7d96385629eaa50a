// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Testing
import Upstreams

/// Exchanges under random luck, beside a checker that remembers what must not happen.
@Suite struct ExchangeMachineWalkTests {
    private struct Walk {
        var random: SeededGenerator
        let table: RouteTable
        let maximum: Int
        let allowsFallback: Bool
        var machine: ExchangeMachine
        /// Route and index of each target tried, in order.
        var tried: [[Int]] = []
        var retries = 0
        var endings = 0
        var hasRelayed = false

        init(seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            func roll(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
            let routeCount = 1 + roll(4)
            let routes = (0..<routeCount).map { route in
                let targets = (0..<roll(5)).map { _ in
                    Target(upstream: roll(5), model: nil, weight: roll(4), priority: roll(2))
                }
                let chain = (0..<roll(4)).map { _ in roll(routeCount) }
                return Route(
                    name: "r\(route)", strategy: roll(2) == 0 ? .weighted : .priority,
                    targets: targets, fallback: chain)
            }
            table = RouteTable(routes)
            maximum = roll(6)
            allowsFallback = roll(4) > 0
            machine = ExchangeMachine(
                route: 0, maximumAttempts: maximum, allowsFallback: allowsFallback)
            self.random = random
        }

        mutating func roll(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

        mutating func run() {
            while endings == 0 {
                check()
                switch machine.state {
                case .choosing: choose()
                case .attempting: attempt()
                case .relaying: relay()
                case .over: endings += 1
                }
            }
            #expect(endings == 1)
            #expect(machine.state == .over)
            check()
        }

        mutating func choose() {
            #expect(!hasRelayed, "another attempt after the client had part of an answer")
            retries = 0
            switch machine.next(in: table, random: &random) {
            case .attempt(let choice):
                tried.append([choice.route, choice.index])
                let target = table.routes[choice.route].targets[choice.index]
                #expect(target.upstream == choice.upstream)
            case .reject(let rejection):
                checkRejection(rejection)
                endings += 1
            }
        }

        private func checkRejection(_ rejection: Rejection) {
            let last = machine.failures.last?.fault
            let isUsedUp = tried.count == maximum || tried.count == reachable
            #expect(isUsedUp, "given up although more is left")
            switch last {
            case nil, .queueFull: #expect(rejection == .overloaded)
            case .timeout, .connectTimeout: #expect(rejection == .upstreamTimeout)
            default: #expect(rejection == .upstreamFailed)
            }
        }

        /// The routes in the order in which they may be walked.
        private var chain: [Int] { [0] + (allowsFallback ? table.routes[0].fallback : []) }

        private var reachable: Int { chain.map { table.routes[$0].targets.count }.reduce(0, +) }

        mutating func attempt() {
            switch roll(4) {
            case 0: fail()
            case 1:
                let status = [200, 400, 404, 429, 500, 503][roll(6)]
                answer(status)
            case 2:
                machine.onCommitted()
                hasRelayed = true
            default:
                if roll(5) == 0 { machine.onOver() } else { fail() }
            }
        }

        mutating func fail() {
            let faults: [AttemptFault] = [
                .unreachable, .connectTimeout, .tls, .broken, .garbage, .timeout, .queueFull,
            ]
            let fault = roll(2) == 0 ? .broken : faults[roll(faults.count)]
            let reused = roll(2) == 0
            let got = roll(2) == 0
            let before = machine.failures.count
            switch machine.onFailure(fault, wasReused: reused, gotBytes: got) {
            case .retryFresh:
                retries += 1
                #expect(retries == 1 && reused && !got && fault == .broken && !hasRelayed)
                #expect(machine.failures.count == before)
            case .chooseNext:
                #expect(!hasRelayed)
                #expect(machine.failures.count == before + 1)
            case .breakOff(let rejection):
                #expect(hasRelayed)
                #expect(rejection == (fault.isTimeout ? .upstreamTimeout : .upstreamBroke))
            }
        }

        mutating func answer(_ status: Int) {
            guard machine.onAnswer(status: status, in: table) == .relay else {
                #expect(AttemptFault.isUpstreamTrouble(status))
                #expect(tried.count < maximum && tried.count < reachable)
                return
            }
            if AttemptFault.isUpstreamTrouble(status) {
                #expect(tried.count == maximum || tried.count == reachable)
            }
            machine.onCommitted()
            hasRelayed = true
        }

        mutating func relay() {
            if roll(2) == 0 { fail() } else { machine.onOver() }
        }

        func check() {
            #expect(machine.attempts == tried.count)
            #expect(tried.count <= maximum)
            // Each target at most once per stop of the chain, and the stops in their order.
            var rest = tried[...]
            for route in chain {
                let here = rest.prefix { $0[0] == route }.prefix(table.routes[route].targets.count)
                #expect(Set(here.map { $0[1] }).count == here.count, "a target was tried twice")
                rest = rest.dropFirst(here.count)
            }
            #expect(rest.isEmpty, "tried outside the chain: \(tried) in \(chain)")
        }
    }

    @Test("whatever happens, an exchange keeps its promises", arguments: 0..<16 as Range<UInt64>)
    func walk(block: UInt64) {
        for seed in 0..<50 as Range<UInt64> {
            var walk = Walk(seed: block * 1000 + seed)
            walk.run()
        }
    }
}
