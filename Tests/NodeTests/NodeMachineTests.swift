// SPDX-License-Identifier: Apache-2.0
import Core
import Node
import Reactor
import Testing

@Suite struct NodeMachineTests {
    typealias State = NodeMachine.State
    typealias Action = NodeMachine.Action

    /// Something that happens to a node; drains have ten seconds.
    enum Input: Sendable {
        case started
        case signal(SignalSource.Signal)
        case request
        /// What the workers tell, and the second when they do.
        case load(NodeMachine.Load, Int64)
        /// Seconds since the beginning.
        case time(Int64)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        /// What happens before.
        let before: [Input]
        let input: Input
        let action: Action
        let state: State

        var testDescription: String { what }
    }

    private static func at(_ seconds: Int64) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000)
    }

    static let draining = [Input.started, .signal(.terminate)]
    static let expiring = draining + [.time(10)]

    static let cases: [Case] = [
        Case(
            what: "a hangup while serving reloads", before: [.started], input: .signal(.hangup),
            action: .reload, state: .serving),
        Case(
            what: "a terminate while serving drains", before: [.started],
            input: .signal(.terminate), action: .drain(until: at(10)),
            state: .draining(until: at(10))),
        Case(
            what: "an interrupt while serving drains", before: [.started],
            input: .signal(.interrupt), action: .drain(until: at(10)),
            state: .draining(until: at(10))),
        Case(
            what: "an operator's request drains", before: [.started], input: .request,
            action: .drain(until: at(10)), state: .draining(until: at(10))),
        Case(
            what: "a terminate before the start ends it", before: [], input: .signal(.terminate),
            action: .stop, state: .stopped),
        Case(
            what: "time changes nothing while serving", before: [.started], input: .time(1000),
            action: .none, state: .serving),
        Case(
            what: "idle workers are no reason to end while serving", before: [.started],
            input: .load(.idle, 0), action: .none, state: .serving),
        Case(
            what: "a second terminate stops at once", before: draining,
            input: .signal(.terminate), action: .stop, state: .stopped),
        Case(
            what: "an interrupt behind a terminate stops at once", before: draining,
            input: .signal(.interrupt), action: .stop, state: .stopped),
        Case(
            what: "a second request changes nothing", before: draining, input: .request,
            action: .none, state: .draining(until: at(10))),
        Case(
            what: "a hangup while draining changes nothing", before: draining,
            input: .signal(.hangup), action: .none, state: .draining(until: at(10))),
        Case(
            what: "a drain ends when the workers are idle", before: draining,
            input: .load(.idle, 0),
            action: .stop, state: .stopped),
        Case(
            what: "a drain goes on while something is under way", before: draining,
            input: .load(.busy, 9), action: .none, state: .draining(until: at(10))),
        Case(
            what: "a drain waits a little for those who only visit", before: draining,
            input: .load(.visitors, 0), action: .none, state: .draining(until: at(10))),
        Case(
            what: "those who only visit do not hold up a drain for long", before: draining,
            input: .load(.visitors, 1), action: .stop, state: .stopped),
        Case(
            what: "a drain goes on before its time is up", before: draining, input: .time(9),
            action: .none, state: .draining(until: at(10))),
        Case(
            what: "a drain breaks off when its time is up", before: draining, input: .time(10),
            action: .expire(until: at(12)), state: .expiring(until: at(12))),
        Case(
            what: "idle workers end the farewell", before: expiring, input: .load(.idle, 0),
            action: .stop,
            state: .stopped),
        Case(
            what: "a farewell goes on before its time is up", before: expiring, input: .time(11),
            action: .none, state: .expiring(until: at(12))),
        Case(
            what: "a farewell ends with its time", before: expiring, input: .time(12),
            action: .stop, state: .stopped),
        Case(
            what: "a signal ends a farewell", before: expiring, input: .signal(.terminate),
            action: .stop, state: .stopped),
        Case(
            what: "nothing revives a node", before: draining + [.load(.idle, 0)],
            input: .signal(.terminate), action: .none, state: .stopped),
        Case(
            what: "idle workers of an ended node are no news", before: draining + [.load(.idle, 0)],
            input: .load(.idle, 0), action: .none, state: .stopped),
    ]

    private static func feed(_ input: Input, to machine: inout NodeMachine) -> Action {
        let patience = Duration.seconds(10)
        switch input {
        case .started:
            machine.onStarted()
            return .none
        case .signal(let signal):
            return machine.onSignal(signal, patience: patience, now: at(0))
        case .request: return machine.onDrainRequest(patience: patience, now: at(0))
        case .load(let load, let seconds): return machine.onLoad(load, now: at(seconds))
        case .time(let seconds): return machine.onTime(at(seconds))
        }
    }

    @Test("each input leads to its action and state", arguments: cases)
    func transition(sample: Case) {
        var machine = NodeMachine()
        for input in sample.before { _ = Self.feed(input, to: &machine) }
        #expect(Self.feed(sample.input, to: &machine) == sample.action)
        #expect(machine.state == sample.state)
    }
}
