// SPDX-License-Identifier: Apache-2.0
import Core
import Synchronization
import Testing

@testable import Reactor

@Suite struct ResolverPoolTests {
    private func pool(threads: Int, queueLimit: Int) -> BlockingPool {
        var options = BlockingPool.Options()
        options.threads = threads
        options.queueLimit = queueLimit
        return BlockingPool(name: "test", options: options)
    }

    @Test("every job is done once, also those queued before the stop")
    func allJobs() throws {
        let pool = pool(threads: 3, queueLimit: 1000)
        let done = Mutex<[Int]>([])
        let box = Box(done: done)
        for number in 0..<1000 {
            try pool.run {
                number * 2
            } completion: { value in
                box.append(value)
            }
        }
        pool.stop()
        pool.join()
        #expect(box.values.sorted() == (0..<1000).map { $0 * 2 })
        #expect(throws: BlockingPoolFault.stopped) { try pool.run {} }
    }

    @Test("a full queue refuses, and takes jobs again when there is room")
    func fullQueue() throws {
        let pool = pool(threads: 1, queueLimit: 2)
        let (started, gate, drained) = (ThreadSignal(), ThreadSignal(), ThreadSignal())
        try pool.run {
            started.raise()
            gate.wait()
        }
        started.wait()
        try pool.run {}
        try pool.run { drained.raise() }
        #expect(pool.queuedJobs == 2)
        #expect(throws: BlockingPoolFault.queueFull) { try pool.run {} }
        gate.raise()
        drained.wait()
        #expect(pool.queuedJobs == 0)
        try pool.run { drained.raise() }
        drained.wait()
    }

    @Test("jobs block side by side, as many as there are threads")
    func sideBySide() throws {
        let pool = pool(threads: 2, queueLimit: 2)
        let (ping, pong, done) = (ThreadSignal(), ThreadSignal(), ThreadSignal())
        try pool.run {
            ping.raise()
            pong.wait()
            done.raise()
        }
        try pool.run {
            ping.wait()
            pong.raise()
        }
        done.wait()
    }

    @Test("a pool that is let go still does what it has taken on")
    func letGo() throws {
        let done = ThreadSignal()
        do {
            let pool = pool(threads: 1, queueLimit: 2)
            try pool.run { done.raise() }
        }
        done.wait()
    }
}

private final class Box: Sendable {
    private let done: Mutex<[Int]>

    init(done: consuming Mutex<[Int]>) { self.done = done }

    func append(_ value: Int) { done.withLock { $0.append(value) } }

    var values: [Int] { done.withLock { $0 } }
}
