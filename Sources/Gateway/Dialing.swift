// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Reactor
internal import Upstreams

/// One connection being opened: its name looked up, its addresses raced, its handshake made.
///
/// Performs what `HappyEyeballs` decides.
final class Dialing: EventHandler, TransportDelegate {
    private let upstream: Upstream
    private let dialer: UpstreamDialer
    private let permits: AddressRule?
    private var completion: ((Result<Transport, DialFault>) -> Void)?
    private var ticket: Resolver.Ticket?
    private var race = HappyEyeballs([])
    private var attempts: [Int: ConnectAttempt] = [:]
    private var timer: TimerHandle?
    /// Connected, in its handshake.
    private var transport: Transport?

    init(
        _ upstream: Upstream, dialer: UpstreamDialer, permits: AddressRule? = nil,
        completion: @escaping (Result<Transport, DialFault>) -> Void
    ) {
        self.upstream = upstream
        self.dialer = dialer
        self.permits = permits
        self.completion = completion
    }

    private var peer: HostPort {
        HostPort(host: upstream.origin.host, port: upstream.origin.port)
    }

    // MARK: - Name and addresses

    func start() {
        let box = LoopConfined(self)
        let reply = dialer.resolver.resolve(peer, inbox: dialer.loop.inbox) { answer in
            box.value.onResolved(answer)
        }
        switch reply {
        case .ready(let answer): onResolved(answer)
        case .pending(let ticket): self.ticket = ticket
        }
    }

    private func onResolved(_ answer: Resolver.Answer) {
        ticket = nil
        guard completion != nil else { return }
        switch answer {
        case .failure: finish(.failure(.unreachable))
        case .success(let found):
            // The very addresses that are connected to, so that a name cannot change in between.
            let addresses = permits.map { rule in found.filter { rule.permits($0) } } ?? found
            if addresses.isEmpty, !found.isEmpty { return finish(.failure(.forbidden)) }
            race = HappyEyeballs(addresses)
            perform(race.start(now: dialer.loop.now))
        }
    }

    private func perform(_ action: HappyEyeballs.Action) {
        switch action {
        case .wait: break
        case .connect(let number, let address, let wakeAt):
            if let wakeAt { timer = dialer.loop.schedule(at: wakeAt, self, kind: 0) }
            attempts[number] = ConnectAttempt(loop: dialer.loop, address: address) { [weak self] in
                self?.onAttempt(number, address, $0)
            }
        case .won(_, let losers):
            for number in losers { attempts.removeValue(forKey: number)?.cancel() }
        case .exhausted: finish(.failure(.unreachable))
        }
    }

    private func onAttempt(
        _ number: Int, _ address: SocketAddress, _ result: Result<Int32, TransportFault>
    ) {
        attempts[number] = nil
        switch result {
        case .success(let descriptor):
            perform(race.onConnected(attempt: number))
            onConnected(descriptor, address)
        case .failure(let fault):
            let code: Int32 = if case .system(let code) = fault { code } else { 0 }
            perform(race.onFailed(attempt: number, code: code, now: dialer.loop.now))
        }
    }

    override func onTimer(_ kind: UInt32) {
        timer = nil
        perform(race.onTimer(now: dialer.loop.now))
    }

    // MARK: - TLS

    private func onConnected(_ descriptor: Int32, _ address: SocketAddress) {
        guard upstream.origin.scheme == .https else {
            let transport = Transport(loop: dialer.loop, descriptor: descriptor, peer: address)
            return finish(.success(transport))
        }
        var session: TLSSession?
        if let context = try? dialer.trust.context(for: upstream.trust) {
            session = TLSSession(connecting: context, to: peer)
        }
        let transport = Transport(
            loop: dialer.loop, descriptor: descriptor, peer: address, tls: session)
        guard session != nil else {
            // The authorities cannot be read; the load of the configuration has said so.
            transport.close()
            return finish(.failure(.tls))
        }
        transport.delegate = self
        self.transport = transport
    }

    func transportDidBecomeReady(_ transport: Transport) {
        self.transport = nil
        finish(.success(transport))
    }

    func transport(_ transport: Transport, didFail fault: TransportFault) {
        finish(.failure(.tls))
    }

    func transportDidReachEnd(_ transport: Transport) { finish(.failure(.tls)) }

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {}

    func transportDidDrain(_ transport: Transport) {}

    // MARK: - Ends

    private func finish(_ result: Result<Transport, DialFault>) {
        let completion = self.completion
        cancel()
        completion?(result)
    }

    /// Gives up what is under way; nothing more is reported.
    func cancel() {
        completion = nil
        if let ticket { dialer.resolver.cancel(ticket) }
        ticket = nil
        if let timer { dialer.loop.cancel(timer) }
        timer = nil
        for attempt in attempts.values { attempt.cancel() }
        attempts = [:]
        transport?.close()
        transport = nil
    }
}

/// A reference that any thread may carry, but only its own loop opens.
// Sendable: opened on its loop only.
private final class LoopConfined<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
