// SPDX-License-Identifier: Apache-2.0
import Core
import Testing
import Upstreams

/// Every input of the pool in every state that it can be in.
@Suite struct PoolMachineTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    private func at(_ seconds: Int) -> Instant { start + Duration.seconds(seconds) }

    private func machine(
        connections: Int = 2, idle: Int = 2, waiting: Int = 2, timeout: Int = 10
    ) -> PoolMachine {
        var limits = PoolLimits()
        limits.maximumConnections = connections
        limits.maximumIdle = idle
        limits.maximumWaiting = waiting
        limits.idleTimeout = .seconds(timeout)
        return PoolMachine(limits: limits)
    }

    /// Open, idle and waiting, in this order.
    private func figures(_ pool: PoolMachine) -> [Int] {
        [pool.open, pool.idleCount, pool.waitingCount]
    }

    // MARK: - Empty

    @Test("an empty pool has nothing to give away")
    func empty() {
        var pool = machine()
        #expect(figures(pool) == [0, 0, 0])
        #expect(pool.nextExpiry == nil)
        #expect(pool.popIdle() == nil)
        #expect(pool.popExpired(now: .distantFuture) == nil)
        pool.onIdleClosed(7)
        #expect(figures(pool) == [0, 0, 0])
    }

    @Test("an empty pool opens a connection, fresh or not", arguments: [true, false])
    func firstAcquire(fresh: Bool) {
        var pool = machine()
        #expect(pool.onAcquire(1, fresh: fresh) == .connect)
        #expect(figures(pool) == [1, 0, 0])
    }

    @Test("closing what was never opened traps")
    func closedWithoutOpen() async {
        await #expect(processExitsWith: .failure) {
            var pool = PoolMachine(limits: PoolLimits())
            _ = pool.onClosed()
        }
    }

    // MARK: - Some busy, room for more

    @Test("a busy pool with room opens another")
    func busyWithRoom() {
        var pool = machine()
        _ = pool.onAcquire(1)
        #expect(pool.onAcquire(2) == .connect)
        #expect(figures(pool) == [2, 0, 0])
    }

    @Test("a released connection is parked, and expires by its timeout")
    func park() {
        var pool = machine()
        _ = pool.onAcquire(1)
        #expect(pool.onRelease(100, now: at(0)) == .park)
        #expect(figures(pool) == [1, 1, 0])
        #expect(pool.nextExpiry == at(10))
        #expect(pool.popExpired(now: at(9)) == nil)
        #expect(pool.popExpired(now: at(10)) == 100)
        #expect(figures(pool) == [0, 0, 0])
    }

    @Test("a connection that failed leaves room and no waiter")
    func closedWithoutWaiter() {
        var pool = machine()
        _ = pool.onAcquire(1)
        #expect(pool.onClosed() == nil)
        #expect(figures(pool) == [0, 0, 0])
    }

    // MARK: - Some idle

    @Test("the connection that was used last is used next")
    func lastInFirstOut() {
        var pool = machine(connections: 3, idle: 3)
        for waiter in 1...3 { _ = pool.onAcquire(UInt64(waiter)) }
        for id in [10, 11, 12] { _ = pool.onRelease(UInt64(id), now: at(id)) }
        #expect(pool.onAcquire(4) == .use(12))
        #expect(pool.onAcquire(5) == .use(11))
        #expect(figures(pool) == [3, 1, 0])
        #expect(pool.nextExpiry == at(20))
    }

    @Test("a fresh connection is opened although one is idle")
    func freshPassesByIdle() {
        var pool = machine()
        _ = pool.onAcquire(1)
        _ = pool.onRelease(10, now: at(0))
        #expect(pool.onAcquire(2, fresh: true) == .connect)
        #expect(figures(pool) == [2, 1, 0])
    }

    @Test("a full pool gives an idle connection even to who wants a fresh one")
    func freshTakesIdleWhenFull() {
        var pool = machine(connections: 1)
        _ = pool.onAcquire(1)
        _ = pool.onRelease(10, now: at(0))
        #expect(pool.onAcquire(2, fresh: true) == .use(10))
        #expect(figures(pool) == [1, 0, 0])
    }

    @Test("an idle connection that the upstream closed is forgotten, once")
    func idleClosed() {
        var pool = machine()
        _ = pool.onAcquire(1)
        _ = pool.onAcquire(2)
        _ = pool.onRelease(10, now: at(0))
        _ = pool.onRelease(11, now: at(1))
        pool.onIdleClosed(10)
        #expect(figures(pool) == [1, 1, 0])
        pool.onIdleClosed(10)
        #expect(figures(pool) == [1, 1, 0])
        #expect(pool.nextExpiry == at(11))
        #expect(pool.onAcquire(3) == .use(11))
    }

    @Test("more than the limit of idle connections are closed")
    func tooManyIdle() {
        var pool = machine(idle: 1)
        _ = pool.onAcquire(1)
        _ = pool.onAcquire(2)
        #expect(pool.onRelease(10, now: at(0)) == .park)
        #expect(pool.onRelease(11, now: at(0)) == .close)
        #expect(figures(pool) == [1, 1, 0])
    }

    @Test("a limit of no idle connections closes each after its exchange")
    func noIdle() {
        var pool = machine(idle: 0)
        _ = pool.onAcquire(1)
        #expect(pool.onRelease(10, now: at(0)) == .close)
        #expect(figures(pool) == [0, 0, 0])
    }

    @Test("the oldest expires first, and only what is due")
    func expiryOrder() {
        var pool = machine(connections: 3, idle: 3)
        for waiter in 1...3 { _ = pool.onAcquire(UInt64(waiter)) }
        for id in [10, 12, 15] { _ = pool.onRelease(UInt64(id), now: at(id)) }
        #expect(pool.popExpired(now: at(22)) == 10)
        #expect(pool.popExpired(now: at(22)) == 12)
        #expect(pool.popExpired(now: at(22)) == nil)
        #expect(figures(pool) == [1, 1, 0])
        #expect(pool.nextExpiry == at(25))
    }

    @Test("a pool that is given up hands out its idle connections, not its busy ones")
    func giveUp() {
        var pool = machine(connections: 3, idle: 3)
        for waiter in 1...3 { _ = pool.onAcquire(UInt64(waiter)) }
        for id in [10, 11] { _ = pool.onRelease(UInt64(id), now: at(0)) }
        #expect(pool.popIdle() == 11)
        #expect(pool.popIdle() == 10)
        #expect(pool.popIdle() == nil)
        #expect(figures(pool) == [1, 0, 0])
    }

    // MARK: - Full

    @Test("a full pool makes wait, in order, up to the limit", arguments: [true, false])
    func queue(fresh: Bool) {
        var pool = machine()
        _ = pool.onAcquire(1)
        _ = pool.onAcquire(2)
        #expect(pool.onAcquire(3, fresh: fresh) == .wait)
        #expect(pool.onAcquire(4, fresh: fresh) == .wait)
        #expect(pool.onAcquire(5, fresh: fresh) == .refuse)
        #expect(figures(pool) == [2, 0, 2])
        #expect(pool.onRelease(10, now: at(0)) == .serve(3))
        #expect(pool.onClosed() == 4)
        #expect(figures(pool) == [2, 0, 0])
        #expect(pool.onRelease(11, now: at(0)) == .park)
    }

    @Test("a pool without a queue refuses")
    func noQueue() {
        var pool = machine(connections: 1, waiting: 0)
        _ = pool.onAcquire(1)
        #expect(pool.onAcquire(2) == .refuse)
        #expect(figures(pool) == [1, 0, 0])
    }

    @Test("expiry and closed idle connections change nothing for those that wait")
    func queueIsBusy() {
        var pool = machine(connections: 1)
        _ = pool.onAcquire(1)
        _ = pool.onAcquire(2)
        pool.onIdleClosed(10)
        #expect(pool.popExpired(now: .distantFuture) == nil)
        #expect(pool.popIdle() == nil)
        #expect(figures(pool) == [1, 0, 1])
    }
    // MARK: - Giving up

    @Test("who gives up keeps no place and is passed over, and the order stays")
    func abandoned() {
        var pool = machine(connections: 1, waiting: 3)
        _ = pool.onAcquire(1)
        for waiter in 2...4 { #expect(pool.onAcquire(UInt64(waiter)) == .wait) }
        #expect(pool.onAcquire(5) == .refuse)
        pool.onAbandoned(2)
        #expect(figures(pool) == [1, 0, 2])
        #expect(pool.onAcquire(5) == .wait)
        #expect(pool.onAcquire(6) == .refuse)
        pool.onAbandoned(4)
        #expect(pool.onAcquire(6) == .wait)
        #expect(pool.onRelease(10, now: at(0)) == .serve(3))
        #expect(pool.onClosed() == 5)
        #expect(pool.onRelease(11, now: at(0)) == .serve(6))
        #expect(pool.onRelease(11, now: at(0)) == .park)
    }

    @Test("when all have given up, a free connection is parked and a closed one not replaced")
    func allAbandoned() {
        var pool = machine(connections: 2, waiting: 2)
        for waiter in 1...4 { _ = pool.onAcquire(UInt64(waiter)) }
        pool.onAbandoned(3)
        pool.onAbandoned(4)
        #expect(pool.onClosed() == nil)
        #expect(pool.onRelease(10, now: at(0)) == .park)
        #expect(figures(pool) == [1, 1, 0])
    }

    @Test("giving up twice, or without waiting, traps")
    func abandonedTwice() async {
        await #expect(processExitsWith: .failure) {
            var pool = PoolMachine(limits: PoolLimits())
            pool.onAbandoned(1)
        }
    }
}
