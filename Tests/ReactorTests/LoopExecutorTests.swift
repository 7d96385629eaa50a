// SPDX-License-Identifier: Apache-2.0
import Glibc
import Reactor
import Synchronization
import Testing

@Suite struct LoopExecutorTests {
    private let harness = LoopHarness()

    /// An actor that lives on a loop.
    private actor Resident {
        private let executor: LoopExecutor
        private var count = 0

        init(_ executor: LoopExecutor) { self.executor = executor }

        nonisolated var unownedExecutor: UnownedSerialExecutor {
            executor.asUnownedSerialExecutor()
        }

        func thread() -> UInt { UInt(pthread_self()) }

        func increase() -> Int {
            count += 1
            return count
        }
    }

    private var loopThread: UInt { harness.run { _ in UInt(pthread_self()) } }

    @Test("an actor that is pinned to a loop runs on its thread")
    func pinned() async {
        let resident = harness.run { Resident($0.executor) }
        #expect(await resident.thread() == loopThread)
        #expect(UInt(pthread_self()) != loopThread)
        for expected in 1...100 { #expect(await resident.increase() == expected) }
    }

    @Test("the loop's own handlers may enter its actors directly")
    func assumed() {
        let resident = harness.run { Resident($0.executor) }
        let count = harness.run { loop in
            #expect(loop.executor.isIsolatingCurrentContext() == true)
            loop.executor.checkIsolated()
            return resident.assumeIsolated { $0.increase() }
        }
        #expect(count == 1)
        let isIsolating = harness.run { $0.executor }.isIsolatingCurrentContext()
        #expect(isIsolating == false)
    }

    @Test("entering a loop's actor from another thread traps")
    func checked() async {
        await #expect(processExitsWith: .failure) {
            let harness = LoopHarness()
            harness.run { $0.executor }.checkIsolated()
        }
    }

    @Test("tasks that prefer a loop run on it, and so do the plain functions they call")
    func preference() async {
        let executor = harness.run { $0.taskExecutor }
        let threads = await withTaskExecutorPreference(executor) {
            await [Self.currentThread(), Self.currentThread()]
        }
        #expect(threads == [loopThread, loopThread])
    }

    @concurrent private static func currentThread() async -> UInt {
        UInt(pthread_self())
    }

    @Test("children of a task that prefers a loop run there, too")
    func children() async {
        let executor = harness.run { $0.taskExecutor }
        let threads = await withTaskExecutorPreference(executor) {
            await withTaskGroup(of: UInt.self) { group in
                for _ in 0..<20 { group.addTask { UInt(pthread_self()) } }
                return await group.reduce(into: Set<UInt>()) { $0.insert($1) }
            }
        }
        #expect(threads == [loopThread])
    }
}
