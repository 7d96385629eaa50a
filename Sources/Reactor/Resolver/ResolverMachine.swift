// SPDX-License-Identifier: Apache-2.0
public import Core

/// Remembers look-ups: answers from memory, joins those under way, renews what has gone stale.
///
/// The system's resolver tells no time to live, so a fixed one stands in for it. Ports play no
/// part: addresses are kept with port 0.
public struct ResolverMachine {
    /// How long to believe what, and how much to remember.
    public struct Options: Sendable {
        /// An answer younger than this is used as it is. Longer: fewer look-ups, later failover.
        public var timeToLive: Duration = .seconds(30)
        /// A refusal younger than this is repeated without asking.
        public var negativeTimeToLive: Duration = .seconds(1)
        /// An older answer is still used at once while it is being renewed (RFC 8767 §5).
        public var staleTime: Duration = .seconds(600)
        /// Names to remember; the least recently used one without a look-up goes first.
        public var nameLimit = 1024
        /// Callers that may wait at the same time, over all names.
        public var waiterLimit = 4096

        public init() {}
    }

    /// Addresses in the system's order (RFC 6724), or why there are none.
    public typealias Answer = Result<[SocketAddress], ResolverFault>
    /// Names one caller that waits.
    public typealias Waiter = UInt64

    /// What to do about a request.
    public enum RequestAction: Equatable {
        case answer(Answer)
        /// The answer is usable but old: also start a look-up.
        case answerAndLookUp([SocketAddress])
        /// Start a look-up; the waiter will be answered through it.
        case lookUp(Waiter)
        /// A look-up of that name is under way and will answer the waiter too.
        case wait(Waiter)
    }

    fileprivate struct Entry {
        var answer: Answer?
        var freshUntil: Instant
        var staleUntil: Instant
        var lastUsed: Instant
        var isLookingUp = false
        var waiters: [Waiter] = []
    }

    private let options: Options
    private var entries: [String: Entry] = [:]
    private var waiterCount = 0
    private var lastWaiter: Waiter = 0

    /// Remembers nothing yet.
    public init(_ options: Options = Options()) {
        precondition(options.nameLimit > 0 && options.waiterLimit > 0)
        self.options = options
    }

    /// Names remembered or being looked up.
    public var nameCount: Int { entries.count }

    /// Somebody needs the addresses of a name.
    public mutating func onRequest(_ name: String, now: Instant) -> RequestAction {
        guard var entry = entries[name] else { return onUnknown(name, now: now) }
        entry.lastUsed = now
        defer { entries[name] = entry }
        if let answer = entry.answer {
            if now < entry.freshUntil { return .answer(answer) }
            if case .success(let addresses) = answer, now < entry.staleUntil {
                if entry.isLookingUp { return .answer(answer) }
                entry.isLookingUp = true
                return .answerAndLookUp(addresses)
            }
        }
        guard let waiter = makeWaiter() else { return .answer(.failure(.overloaded)) }
        entry.waiters.append(waiter)
        if entry.isLookingUp { return .wait(waiter) }
        entry.isLookingUp = true
        return .lookUp(waiter)
    }

    private mutating func onUnknown(_ name: String, now: Instant) -> RequestAction {
        guard entries.count < options.nameLimit || forgetOne(),
            let waiter = makeWaiter()
        else { return .answer(.failure(.overloaded)) }
        entries[name] = Entry(
            freshUntil: now, staleUntil: now, lastUsed: now, isLookingUp: true, waiters: [waiter])
        return .lookUp(waiter)
    }

    private mutating func makeWaiter() -> Waiter? {
        guard waiterCount < options.waiterLimit else { return nil }
        waiterCount += 1
        lastWaiter += 1
        return lastWaiter
    }

    /// Makes room for a name; false if every name is being looked up.
    private mutating func forgetOne() -> Bool {
        // By name among equals, so that the choice does not depend on the order of a dictionary.
        let oldest = entries.filter { !$0.value.isLookingUp }.min { left, right in
            (left.value.lastUsed, left.key) < (right.value.lastUsed, right.key)
        }
        guard let oldest else { return false }
        entries[oldest.key] = nil
        return true
    }

    /// A look-up has ended; returns who waits for it and what to tell them.
    public mutating func onResult(
        _ name: String, _ result: Answer, now: Instant
    ) -> (waiters: [Waiter], answer: Answer) {
        guard var entry = entries[name], entry.isLookingUp else {
            preconditionFailure("a look-up ended that was never started")
        }
        let waiters = entry.waiters
        waiterCount -= waiters.count
        entry.waiters = []
        entry.isLookingUp = false
        entry.keep(result, options, now: now)
        entries[name] = entry.answer == nil ? nil : entry
        return (waiters, entry.answer ?? result)
    }

    /// A waiter lost interest; its look-up goes on for the memory's sake.
    public mutating func onCancel(_ waiter: Waiter, name: String) {
        guard let index = entries[name]?.waiters.firstIndex(of: waiter) else { return }
        entries[name]?.waiters.remove(at: index)
        waiterCount -= 1
    }
}

extension ResolverMachine.Entry {
    /// Replaces the answer, or keeps an old good one when name servers fail (RFC 8767 §4).
    fileprivate mutating func keep(
        _ result: ResolverMachine.Answer, _ options: ResolverMachine.Options, now: Instant
    ) {
        switch result {
        case .success:
            answer = result
            freshUntil = now + options.timeToLive
            staleUntil = freshUntil + options.staleTime
        case .failure(.notFound): refuse(result, options, now: now)
        case .failure(.unavailable):
            if isUsable(now: now) {
                freshUntil = now + options.negativeTimeToLive
            } else {
                refuse(result, options, now: now)
            }
        case .failure(.overloaded):
            // Nobody was asked, so there is nothing to remember.
            if !isUsable(now: now) { answer = nil }
        }
    }

    private func isUsable(now: Instant) -> Bool {
        if case .success = answer { return now < staleUntil }
        return false
    }

    private mutating func refuse(
        _ result: ResolverMachine.Answer, _ options: ResolverMachine.Options, now: Instant
    ) {
        answer = result
        freshUntil = now + options.negativeTimeToLive
        staleUntil = freshUntil
    }
}
