// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc
import Synchronization
import Testing

@testable import Reactor

@Suite struct EventLoopTests {
    private let harness = LoopHarness()

    /// Remembers when and in which order it was called.
    private final class Bell: EventHandler {
        let loop: EventLoop
        let harness: LoopHarness
        var rung: [(kind: UInt32, at: Instant)] = []
        var readied: [Int32] = []
        var descriptor: Int32 = -1
        private var writer: Int32 = -1
        var registration: SlotHandle?
        var action: (() -> Void)?

        init(_ loop: EventLoop, _ harness: LoopHarness) {
            self.loop = loop
            self.harness = harness
        }

        override func onTimer(_ kind: UInt32) {
            rung.append((kind, loop.now))
            action?()
            harness.poke()
        }

        override func onReady(_ readiness: Readiness) {
            readied.append(descriptor)
            var byte: UInt8 = 0
            _ = read(descriptor, &byte, 1)
            action?()
            harness.poke()
        }

        /// Watches the reading end of a new pipe.
        func watch() {
            var both: [Int32] = [-1, -1]
            _ = pipe(&both)
            descriptor = both[0]
            writer = both[1]
            registration = loop.register(descriptor, .readable, handler: self)
        }

        func unwatch() {
            if let registration { loop.unregister(registration, descriptor) }
            registration = nil
            _ = close(descriptor)
            _ = close(writer)
        }

        func signal() {
            var one: UInt8 = 1
            _ = write(writer, &one, 1)
        }
    }

    // MARK: - Timers

    @Test("timers ring in the order of their deadlines and never before them")
    func timers() {
        let bell = harness.run { Bell($0, harness) }
        let waits: [Int64] = [9, 3, 0, 14, 3, 7, 1, 12]
        let begin = harness.run { loop in
            for (index, wait) in waits.enumerated() {
                _ = loop.schedule(
                    at: loop.now + Nanoseconds.milliseconds(wait), bell, kind: UInt32(index))
            }
            return loop.now
        }
        harness.wait { bell.rung.count == waits.count }
        let expected = waits.indices.sorted { (waits[$0], $0) < (waits[$1], $1) }
        #expect(bell.rung.map { Int($0.kind) } == expected)
        for (kind, time) in bell.rung {
            #expect(time >= begin + Nanoseconds.milliseconds(waits[Int(kind)]))
        }
    }

    @Test("a cancelled timer does not ring, and a timer may cancel another of the same tick")
    func cancel() {
        let bell = harness.run { Bell($0, harness) }
        harness.run { loop in
            let past = loop.now
            let first = loop.schedule(at: past, bell, kind: 1)
            _ = loop.schedule(at: past, bell, kind: 2)
            let third = loop.schedule(at: past, bell, kind: 3)
            loop.cancel(first)
            bell.action = { loop.cancel(third) }
            _ = loop.schedule(at: loop.now + Nanoseconds.milliseconds(3), bell, kind: 4)
        }
        harness.wait { bell.rung.last?.kind == 4 }
        #expect(bell.rung.map(\.kind) == [2, 4])
    }

    @Test("a timer that schedules itself in the past lets others have their turn")
    func selfScheduling() {
        let bell = harness.run { Bell($0, harness) }
        harness.run { loop in
            bell.action = {
                if bell.rung.count < 5 { _ = loop.schedule(at: loop.now, bell, kind: 0) }
            }
            _ = loop.schedule(at: loop.now, bell, kind: 0)
        }
        harness.wait { bell.rung.count == 5 }
        let times = bell.rung.map(\.at)
        #expect(Set(times).count == 5, "two rings in one tick")
    }

    @Test("what is put off comes once, behind the other timers of its tick")
    func putOff() {
        let bell = harness.run { Bell($0, harness) }
        harness.run { loop in
            bell.action = {
                if bell.rung.last?.kind == 1 { loop.callAtEndOfTick(bell, kind: 9) }
                if bell.rung.last?.kind == 9 { _ = loop.schedule(at: loop.now, bell, kind: 3) }
            }
            _ = loop.schedule(at: loop.now, bell, kind: 1)
            _ = loop.schedule(at: loop.now, bell, kind: 2)
        }
        harness.wait { bell.rung.last?.kind == 3 }
        #expect(bell.rung.map(\.kind) == [1, 2, 9, 3])
    }

    // MARK: - Posted work

    @Test("work is done in the order in which it was posted, on the loop's thread")
    func order() {
        let done = Mutex<[Int]>([])
        let threads = Mutex<Set<UInt>>([])
        for index in 0..<1000 {
            harness.inbox.post {
                done.withLock { $0.append(index) }
                _ = threads.withLock { $0.insert(UInt(pthread_self())) }
            }
        }
        harness.run { _ in }
        #expect(done.withLock { $0 } == Array(0..<1000))
        #expect(threads.withLock { $0.count } == 1)
    }

    @Test("work from many threads is all done, each thread's in its order")
    func manyThreads() {
        let done = Mutex<[Int]>([])
        let note = { @Sendable (value: Int) in done.withLock { $0.append(value) } }
        let threads = (0..<4).map { number in
            LoopThread(name: "poster") { [inbox = harness.inbox] in
                for index in 0..<500 { inbox.post { note(number * 1000 + index) } }
            }
        }
        for thread in threads { thread.join() }
        harness.run { _ in }
        let all = done.withLock { $0 }
        #expect(all.count == 2000)
        for number in 0..<4 {
            let own = all.filter { $0 / 1000 == number }
            #expect(own == own.sorted())
        }
    }

    @Test("a burst wakes the loop once")
    func oneWake() {
        let inbox = harness.inbox
        harness.run { _ in
            // While the loop is busy here nobody clears the counter.
            for _ in 0..<100 { inbox.post {} }
            var count: UInt64 = 0
            #expect(read(inbox.wakeDescriptor, &count, 8) == 8)
            #expect(count == 1)
            var one: UInt64 = 1
            _ = write(inbox.wakeDescriptor, &one, 8)
        }
        harness.run { _ in }
    }

    @Test("work that is posted while work is done waits for the next turn")
    func postedFromWork() {
        let done = Mutex<[String]>([])
        let inbox = harness.inbox
        harness.run { _ in
            inbox.post {
                inbox.post { done.withLock { $0.append("inner") } }
                done.withLock { $0.append("outer") }
            }
            inbox.post { done.withLock { $0.append("second") } }
        }
        harness.run { _ in }
        harness.run { _ in }
        #expect(done.withLock { $0 } == ["outer", "second", "inner"])
    }

    // MARK: - Descriptors

    @Test("a handler that is removed by another one of the same tick hears nothing")
    func removedDuringDispatch() {
        let bells = harness.run { loop in (0..<2).map { _ in Bell(loop, harness) } }
        let later = harness.run { Bell($0, harness) }
        harness.run { loop in
            for (index, bell) in bells.enumerated() {
                bell.watch()
                bell.action = {
                    let other = bells[1 - index]
                    guard other.registration != nil else { return }
                    other.unwatch()
                    // The same number for another owner: the event that waits is not for it.
                    later.watch()
                }
            }
            for bell in bells { bell.signal() }
        }
        harness.wait { bells.contains { !$0.readied.isEmpty } }
        harness.run { _ in }
        #expect(bells.map(\.readied.count).sorted() == [0, 1])
        #expect(later.readied.isEmpty)
        harness.run { _ in later.signal() }
        harness.wait { later.readied.count == 1 }
        harness.run { _ in
            for bell in bells + [later] where bell.registration != nil { bell.unwatch() }
        }
    }

    @Test("what a descriptor is watched for can change")
    func update() throws {
        let bell = harness.run { Bell($0, harness) }
        try harness.run { loop in
            bell.watch()
            loop.update(try #require(bell.registration), bell.descriptor, [])
            bell.signal()
        }
        harness.run { _ in }
        harness.run { _ in }
        #expect(bell.readied.isEmpty)
        try harness.run { loop in
            loop.update(try #require(bell.registration), bell.descriptor, .readable)
        }
        harness.wait { !bell.readied.isEmpty }
        harness.run { _ in bell.unwatch() }
    }

    @Test("a loop that is stopped ends its thread")
    func stop() {
        let ended = Atomic<Bool>(false)
        let signal = ThreadSignal()
        let box = Mutex<LoopInbox?>(nil)
        let thread = LoopThread(name: "stopping") {
            let loop = EventLoop()
            box.withLock { $0 = loop.inbox }
            loop.inbox.post { signal.raise() }
            _ = loop.schedule(at: loop.now, Stopper(loop), kind: 0)
            loop.run()
            ended.store(true, ordering: .sequentiallyConsistent)
        }
        signal.wait()
        thread.join()
        let hasEnded = ended.load(ordering: .sequentiallyConsistent)
        #expect(hasEnded)
    }

    private final class Stopper: EventHandler {
        private let loop: EventLoop

        init(_ loop: EventLoop) { self.loop = loop }

        override func onTimer(_ kind: UInt32) {
            // Stops behind the posted work, or its signal would be lost.
            loop.inbox.post { [box = Confined(loop)] in box.value.stop() }
        }
    }

    private final class Confined: @unchecked Sendable {  // Sendable: opened on its own loop only.
        let value: EventLoop

        init(_ value: EventLoop) { self.value = value }
    }

    @Test("the longest tick is taken once")
    func longestTick() {
        harness.run { _ in }
        let taken = harness.run { $0.takeLongestTick() }
        #expect(taken > .zero)
        #expect(harness.run { $0.takeLongestTick() } <= taken + Nanoseconds(.seconds(1)))
    }
}
