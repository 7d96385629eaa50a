// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Synchronization
import Testing

@testable import Reactor

@Suite struct ResolverTests {
    private let four = SocketAddress(v4: 0x0A00_0001, port: 0)
    private let six = SocketAddress(v6High: 0x2001_0DB8 << 32, low: 1, port: 0)

    @Test("a look-up answers all who wait, each with its port, through its inbox")
    func lookUp() {
        let (gate, desk) = (ThreadSignal(), Desk())
        let (four, six) = (four, six)
        let resolver = desk.resolver { name in
            gate.wait()
            return name == "a.test" ? .success([six, six, four]) : .failure(.notFound)
        }
        #expect(desk.ask(resolver, "a.test:443") == nil)
        #expect(desk.ask(resolver, "A.test.:80") == nil)
        gate.raise()
        let answers = desk.collect(2)
        for port in [UInt16(443), 80] {
            let expected = [six, four, six].map { address in
                var copy = address
                copy.port = port
                return copy
            }
            #expect(answers.contains(.success(expected)))
        }
        #expect(desk.ask(resolver, "a.test:1") != nil)
        #expect(desk.lookUps == ["a.test"])
    }

    @Test("literals need no look-up")
    func literals() {
        let desk = Desk()
        let resolver = desk.resolver { _ in .failure(.unavailable) }
        for text in ["10.0.0.1:80", "[2001:db8::1]:80"] {
            #expect(desk.ask(resolver, text) == .success([SocketAddress(text)].compactMap { $0 }))
        }
        #expect(desk.lookUps.isEmpty)
    }

    @Test("a cancelled request is not answered, but remembered")
    func cancel() throws {
        let (gate, desk) = (ThreadSignal(), Desk())
        let four = four
        let resolver = desk.resolver { _ in
            gate.wait()
            return .success([four])
        }
        let peer = HostPort(host: "a.test", port: 7)
        guard case .pending(let ticket) = desk.request(resolver, peer) else {
            Issue.record("an unknown name was answered at once")
            return
        }
        #expect(desk.ask(resolver, "a.test:8") == nil)
        resolver.cancel(ticket)
        gate.raise()
        #expect(desk.collect(1) == [.success([SocketAddress(v4: 0x0A00_0001, port: 8)])])
        #expect(desk.ask(resolver, "a.test:7") != nil)
    }

    @Test("a full pool is told as overload, and forgotten")
    func overload() {
        let (started, gate, desk) = (ThreadSignal(), ThreadSignal(), Desk())
        let resolver = desk.resolver { name in
            if name == "a.test" {
                started.raise()
                gate.wait()
            }
            return .failure(.notFound)
        }
        // One thread and a queue of one: the third name finds no room.
        #expect(desk.ask(resolver, "a.test:1") == nil)
        started.wait()
        #expect(desk.ask(resolver, "b.test:1") == nil)
        #expect(desk.ask(resolver, "c.test:1") == nil)
        #expect(desk.collect(1) == [.failure(.overloaded)])
        gate.raise()
        #expect(desk.collect(2) == [.failure(.notFound), .failure(.notFound)])
        #expect(desk.ask(resolver, "c.test:1") == nil)
        #expect(desk.collect(1) == [.failure(.notFound)])
    }

    @Test("the operating system knows localhost, and no name beyond the rules")
    func system() throws {
        let known = try SystemLookUp.addresses(of: "localhost").get()
        #expect(known.contains { $0.isLoopback })
        #expect(known.count == Set(known).count)
        // A label of 64 bytes cannot be asked for, so no name server is waited for.
        let unaskable = String(repeating: "a", count: 64) + ".invalid"
        #expect(throws: ResolverFault.self) {
            try SystemLookUp.addresses(of: unaskable).get()
        }
    }
}

/// The place of a loop: an inbox that is emptied by hand, and what came out of it.
private final class Desk: Sendable {
    private let inbox = LoopInbox()
    private let answers = Mutex<[Resolver.Answer]>([])
    private let names = Mutex<[String]>([])

    func resolver(_ lookUp: @escaping @Sendable (String) -> Resolver.Answer) -> Resolver {
        var options = BlockingPool.Options()
        options.threads = 1
        options.queueLimit = 1
        return Resolver(
            pool: BlockingPool(name: "test", options: options), options: .init(),
            clock: { Instant(nanoseconds: 0) },
            lookUp: { [self] name in
                names.withLock { $0.append(name) }
                return lookUp(name)
            })
    }

    var lookUps: [String] { names.withLock { $0 } }

    func request(_ resolver: Resolver, _ peer: HostPort) -> Resolver.Reply {
        resolver.resolve(peer, inbox: inbox) { [self] answer in
            answers.withLock { $0.append(answer) }
        }
    }

    /// The answer if it came at once.
    func ask(_ resolver: Resolver, _ text: String) -> Resolver.Answer? {
        guard let peer = HostPort(text), case .ready(let answer) = request(resolver, peer) else {
            return nil
        }
        return answer
    }

    /// Runs what is posted until as many answers have come.
    func collect(_ count: Int) -> [Resolver.Answer] {
        while answers.withLock({ $0.count }) < count {
            var descriptor = pollfd(fd: inbox.wakeDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 10_000) == 1 else { break }
            for case .call(let body) in inbox.drain() { body() }
        }
        return answers.withLock { taken in
            defer { taken = [] }
            return taken
        }
    }
}
