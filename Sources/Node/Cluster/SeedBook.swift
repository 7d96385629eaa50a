// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Reactor

/// Looks up where other nodes may be, again and again; what failed is told once per spell.
final class SeedBook {
    private let loop: EventLoop
    private let resolver: Resolver
    var seeds: [HostPort]
    private var failing: Set<String> = []
    private var round: Round?
    private let onFault: (HostPort, ResolverFault) -> Void

    /// The answers of one look-up of all seeds.
    private final class Round {
        var addresses: [SocketAddress] = []
        var missing: Int
        /// Somebody could not say, so that silence does not mean that nobody is there.
        var isUncertain = false
        let completion: ([SocketAddress]?) -> Void

        init(missing: Int, completion: @escaping ([SocketAddress]?) -> Void) {
            self.missing = missing
            self.completion = completion
        }
    }

    init(
        loop: EventLoop, seeds: [HostPort], onFault: @escaping (HostPort, ResolverFault) -> Void
    ) {
        self.loop = loop
        self.seeds = seeds
        self.onFault = onFault
        var threads = BlockingPool.Options()
        threads.threads = 1
        var memory = ResolverMachine.Options()
        // Seeds are looked for every few seconds, and pods come and go: no answer is kept for long.
        memory.timeToLive = .seconds(1)
        memory.staleTime = .zero
        resolver = Resolver(
            pool: BlockingPool(name: "apus-seeds", options: threads), options: memory)
    }

    /// Calls back once with every address found, nil when nobody could tell any; while a look-up
    /// is under way, another one is not begun.
    func lookUp(_ completion: @escaping ([SocketAddress]?) -> Void) {
        guard round == nil else { return }
        let round = Round(missing: seeds.count, completion: completion)
        self.round = round
        for seed in seeds { ask(seed, round) }
        finish(round)
    }

    private func ask(_ seed: HostPort, _ round: Round) {
        let carrier = LoopBound((self, round))
        let reply = resolver.resolve(seed, inbox: loop.inbox) { answer in
            let (book, round) = carrier.value
            book.note(answer, of: seed, round)
            book.finish(round)
        }
        if case .ready(let answer) = reply { note(answer, of: seed, round) }
    }

    private func note(_ answer: Resolver.Answer, of seed: HostPort, _ round: Round) {
        round.missing -= 1
        switch answer {
        case .success(let found):
            failing.remove(seed.description)
            for address in found where !round.addresses.contains(address) {
                round.addresses.append(address)
            }
        case .failure(let fault):
            if fault != .notFound { round.isUncertain = true }
            if failing.insert(seed.description).inserted { onFault(seed, fault) }
        }
    }

    private func finish(_ round: Round) {
        guard round.missing == 0, self.round === round else { return }
        self.round = nil
        let isUnknown = round.addresses.isEmpty && round.isUncertain
        round.completion(isUnknown ? nil : round.addresses)
    }
}
