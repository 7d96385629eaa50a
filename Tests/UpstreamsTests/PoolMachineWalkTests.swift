// SPDX-License-Identifier: Apache-2.0
import Core
import Testing
import Upstreams

/// A pool under random inputs, beside a shell that knows what must be true.
@Suite struct PoolMachineWalkTests {
    /// The world around the machine: which connection exists and who holds or awaits one.
    private struct World {
        var pool: PoolMachine
        var random: SeededGenerator
        var now = Instant(nanoseconds: 0)
        var nextID: UInt64 = 1
        /// Connections that carry an exchange, or are being opened for one.
        var busy: [UInt64] = []
        /// Oldest first, with the time at which each was parked.
        var idle: [(id: UInt64, since: Instant)] = []
        var waiting: [UInt64] = []
        var served = Set<UInt64>()

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            var limits = PoolLimits()
            limits.maximumConnections = Int(random.next() % 5) + 1
            limits.maximumIdle = Int(random.next() % 5)
            limits.maximumWaiting = Int(random.next() % 4)
            limits.idleTimeout = .milliseconds(Int(random.next() % 50))
            pool = PoolMachine(limits: limits)
        }

        mutating func makeID() -> UInt64 {
            nextID += 1
            return nextID
        }

        mutating func roll(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

        mutating func step() {
            now = now + Duration.milliseconds(roll(10))
            switch roll(8) {
            case 0, 1, 2: acquire(fresh: false)
            case 3: acquire(fresh: true)
            case 4, 5: if !busy.isEmpty { release(busy.remove(at: roll(busy.count))) }
            case 6: if !busy.isEmpty { fail(busy.remove(at: roll(busy.count))) }
            default: age()
            }
            check()
        }

        private mutating func serve(_ waiter: UInt64, with connection: UInt64) {
            #expect(served.insert(waiter).inserted, "a waiter was served twice")
            busy.append(connection)
        }

        mutating func acquire(fresh: Bool) {
            let waiter = makeID()
            let hadRoom = busy.count + idle.count < pool.limits.maximumConnections
            switch pool.onAcquire(waiter, fresh: fresh) {
            case .use(let id):
                #expect(!fresh || !hadRoom)
                #expect(idle.last?.id == id)
                idle.removeAll { $0.id == id }
                serve(waiter, with: id)
            case .connect:
                #expect(hadRoom && (fresh || idle.isEmpty))
                serve(waiter, with: makeID())
            case .wait: waiting.append(waiter)
            case .refuse: #expect(waiting.count == pool.limits.maximumWaiting)
            }
        }

        mutating func release(_ id: UInt64) {
            switch pool.onRelease(id, now: now) {
            case .serve(let waiter):
                #expect(waiting.first == waiter, "served out of order")
                waiting.removeAll { $0 == waiter }
                serve(waiter, with: id)
            case .park: idle.append((id, now))
            case .close: #expect(idle.count == pool.limits.maximumIdle)
            }
        }

        mutating func fail(_ id: UInt64) {
            let waiter = pool.onClosed()
            #expect(waiter == waiting.first)
            guard let waiter else { return }
            waiting.removeFirst()
            serve(waiter, with: makeID())
        }

        mutating func age() {
            if roll(3) == 0, !idle.isEmpty {
                let id = idle.remove(at: roll(idle.count)).id
                return pool.onIdleClosed(id)
            }
            if roll(10) == 0 {
                #expect(pool.popIdle() == idle.popLast()?.id)
                return
            }
            while let id = pool.popExpired(now: now) {
                let oldest = idle.removeFirst()
                #expect(oldest.id == id)
                #expect(oldest.since + pool.limits.idleTimeout <= now, "expired early")
            }
            if let oldest = idle.first { #expect(oldest.since + pool.limits.idleTimeout > now) }
        }

        func check() {
            #expect(pool.open == busy.count + idle.count)
            #expect(pool.open <= pool.limits.maximumConnections)
            #expect(pool.idleCount == idle.count && idle.count <= pool.limits.maximumIdle)
            #expect(pool.waitingCount == waiting.count)
            #expect(Set(busy).isDisjoint(with: idle.map(\.id)), "busy and idle at once")
            #expect(pool.nextExpiry == idle.first.map { $0.since + pool.limits.idleTimeout })
            guard !waiting.isEmpty else { return }
            #expect(idle.isEmpty, "one waits while one is idle")
            #expect(pool.open == pool.limits.maximumConnections, "one waits although there is room")
        }
    }

    @Test("whatever happens, the pool keeps its promises", arguments: 0..<60 as Range<UInt64>)
    func walk(seed: UInt64) {
        var world = World(seed: seed)
        for _ in 0..<300 { world.step() }
        // The end: everyone who waits is served as the busy ones come back.
        while let id = world.busy.first {
            world.busy.removeFirst()
            world.release(id)
        }
        #expect(world.waiting.isEmpty)
    }
}
