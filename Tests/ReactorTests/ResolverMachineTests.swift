// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Reactor

@Suite struct ResolverMachineTests {
    private let first = [SocketAddress(v4: 1, port: 0)]
    private let second = [SocketAddress(v4: 2, port: 0)]

    private func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    /// A machine that learnt `first` for "a" at second 0: fresh till 30, usable till 630.
    private func learned() -> ResolverMachine {
        var machine = ResolverMachine()
        _ = machine.onRequest("a", now: at(0))
        _ = machine.onResult("a", .success(first), now: at(0))
        return machine
    }

    @Test("callers of one name share one look-up and are answered once")
    func coalescing() {
        var machine = ResolverMachine()
        #expect(machine.onRequest("a", now: at(0)) == .lookUp(1))
        #expect(machine.onRequest("a", now: at(1)) == .wait(2))
        #expect(machine.onRequest("b", now: at(1)) == .lookUp(3))
        #expect(machine.onRequest("a", now: at(2)) == .wait(4))
        machine.onCancel(2, name: "a")
        machine.onCancel(2, name: "a")
        let told = machine.onResult("a", .success(first), now: at(3))
        #expect(told.waiters == [1, 4])
        #expect(told.answer == .success(first))
        #expect(machine.onRequest("a", now: at(3)) == .answer(.success(first)))
        #expect(machine.onResult("b", .success(second), now: at(3)).waiters == [3])
    }

    @Test("a fresh answer is used, a stale one is used and renewed once, an old one is not used")
    func ages() {
        var machine = learned()
        #expect(machine.onRequest("a", now: at(29.9)) == .answer(.success(first)))
        #expect(machine.onRequest("a", now: at(30)) == .answerAndLookUp(first))
        #expect(machine.onRequest("a", now: at(31)) == .answer(.success(first)))
        let told = machine.onResult("a", .success(second), now: at(32))
        #expect(told.waiters.isEmpty)
        #expect(machine.onRequest("a", now: at(61)) == .answer(.success(second)))
        #expect(machine.onRequest("a", now: at(32 + 630)) == .lookUp(2))
    }

    @Test("an answer that became too old during its renewal makes callers wait for it")
    func tooOldDuringRenewal() {
        var machine = learned()
        #expect(machine.onRequest("a", now: at(40)) == .answerAndLookUp(first))
        #expect(machine.onRequest("a", now: at(700)) == .wait(2))
        let told = machine.onResult("a", .failure(.unavailable), now: at(701))
        #expect(told.waiters == [2])
        #expect(told.answer == .failure(.unavailable))
    }

    @Test(
        "a refusal is repeated for a second, then asked again",
        arguments: [
            ResolverFault.notFound, .unavailable,
        ])
    func negative(fault: ResolverFault) {
        var machine = ResolverMachine()
        _ = machine.onRequest("a", now: at(0))
        let told = machine.onResult("a", .failure(fault), now: at(5))
        #expect(told.answer == .failure(fault))
        #expect(machine.onRequest("a", now: at(5.9)) == .answer(.failure(fault)))
        #expect(machine.onRequest("a", now: at(6)) == .lookUp(2))
    }

    @Test("when name servers fail the old answer stays, asked again every second")
    func serveStale() {
        var machine = learned()
        #expect(machine.onRequest("a", now: at(30)) == .answerAndLookUp(first))
        let told = machine.onResult("a", .failure(.unavailable), now: at(31))
        #expect(told.answer == .success(first))
        #expect(machine.onRequest("a", now: at(31.5)) == .answer(.success(first)))
        #expect(machine.onRequest("a", now: at(32)) == .answerAndLookUp(first))
        _ = machine.onResult("a", .failure(.unavailable), now: at(33))
        #expect(machine.onRequest("a", now: at(630)) == .lookUp(2))
    }

    @Test("a name that is gone is gone, however fresh the memory of it")
    func goneName() {
        var machine = learned()
        #expect(machine.onRequest("a", now: at(30)) == .answerAndLookUp(first))
        _ = machine.onResult("a", .failure(.notFound), now: at(31))
        #expect(machine.onRequest("a", now: at(31.5)) == .answer(.failure(.notFound)))
    }

    @Test("a look-up that never started is not remembered")
    func overload() {
        var machine = learned()
        _ = machine.onRequest("b", now: at(0))
        #expect(
            machine.onResult("b", .failure(.overloaded), now: at(0)).answer
                == .failure(.overloaded))
        #expect(machine.onRequest("b", now: at(0)) == .lookUp(3))
        #expect(machine.onRequest("a", now: at(30)) == .answerAndLookUp(first))
        _ = machine.onResult("a", .failure(.overloaded), now: at(30))
        #expect(machine.onRequest("a", now: at(30)) == .answerAndLookUp(first))
    }

    @Test("names are bounded: the least recently used goes, never one being looked up")
    func nameLimit() {
        var options = ResolverMachine.Options()
        options.nameLimit = 2
        var machine = ResolverMachine(options)
        for name in ["a", "b"] {
            _ = machine.onRequest(name, now: at(0))
            _ = machine.onResult(name, .success(first), now: at(0))
        }
        _ = machine.onRequest("a", now: at(1))
        #expect(machine.onRequest("c", now: at(2)) == .lookUp(3))
        #expect(machine.nameCount == 2)
        #expect(machine.onRequest("a", now: at(2)) == .answer(.success(first)))
        #expect(machine.onRequest("d", now: at(3)) == .lookUp(4))
        #expect(machine.onRequest("e", now: at(3)) == .answer(.failure(.overloaded)))
        _ = machine.onResult("c", .success(first), now: at(4))
        #expect(machine.onRequest("e", now: at(5)) == .lookUp(5))
        #expect(machine.nameCount == 2)
    }

    @Test("waiters are bounded, and both answers and cancels make room")
    func waiterLimit() {
        var options = ResolverMachine.Options()
        options.waiterLimit = 2
        var machine = ResolverMachine(options)
        _ = machine.onRequest("a", now: at(0))
        _ = machine.onRequest("a", now: at(0))
        #expect(machine.onRequest("a", now: at(0)) == .answer(.failure(.overloaded)))
        #expect(machine.onRequest("b", now: at(0)) == .answer(.failure(.overloaded)))
        machine.onCancel(1, name: "a")
        #expect(machine.onRequest("b", now: at(0)) == .lookUp(3))
        _ = machine.onResult("a", .success(first), now: at(0))
        #expect(machine.onRequest("c", now: at(0)) == .lookUp(4))
    }

    @Test("whatever happens, every waiter is told once or cancelled", arguments: 0..<50)
    func randomWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var options = ResolverMachine.Options()
        options.nameLimit = 3
        options.waiterLimit = 5
        var machine = ResolverMachine(options)
        var waiting: [UInt64: String] = [:]
        var lookUps: Set<String> = []
        var now = 0.0
        for _ in 0..<500 {
            now += random.unitInterval() * 20
            let name = ["a", "b", "c", "d", "e"][Int(random.next() % 5)]
            switch random.next() % 4 {
            case 0, 1:
                switch machine.onRequest(name, now: at(now)) {
                case .answer: break
                case .answerAndLookUp: #expect(lookUps.insert(name).inserted)
                case .lookUp(let waiter):
                    #expect(lookUps.insert(name).inserted)
                    #expect(waiting.updateValue(name, forKey: waiter) == nil)
                case .wait(let waiter):
                    #expect(lookUps.contains(name))
                    #expect(waiting.updateValue(name, forKey: waiter) == nil)
                }
            case 2:
                guard let ended = lookUps.min() else { break }
                lookUps.remove(ended)
                let faults: [ResolverFault] = [.notFound, .unavailable, .overloaded]
                let roll = Int(random.next() % 6)
                let result: ResolverMachine.Answer =
                    roll < 3 ? .success(first) : .failure(faults[roll - 3])
                let told = machine.onResult(ended, result, now: at(now)).waiters
                for waiter in told { #expect(waiting.removeValue(forKey: waiter) == ended) }
                #expect(!waiting.values.contains(ended))
            default:
                guard let (waiter, name) = waiting.min(by: { $0.key < $1.key }) else { break }
                waiting[waiter] = nil
                machine.onCancel(waiter, name: name)
            }
            #expect(waiting.count <= 5 && machine.nameCount <= 3)
        }
    }
}
