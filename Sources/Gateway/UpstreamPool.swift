// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor
internal import Upstreams

/// One worker's connections to one upstream; performs what `PoolMachine` decides.
final class UpstreamPool: EventHandler {
    let upstream: Upstream
    let name: Bytes
    /// The calls that have a path, one bit each.
    private let served: UInt32
    private let paths: [CallPath?]
    /// Whether the credential is part of the path.
    let isParameter: Bool
    /// It fetches no images, in none of its formats.
    let needsImageBytes: Bool
    /// The chat calls, best first.
    let chatCalls: [UpstreamCall]
    /// How the provider differs from its formats; its chats are never passed through then.
    let mapping: FieldMapping?
    /// The `host` line of every request.
    let hostField: Bytes
    /// The credential's lines or parameters, taken in turn; one empty entry when none is sent.
    private let credentialFields: [Bytes]
    /// The operator's extra lines.
    let extraFields: Bytes
    let dialer: UpstreamDialer
    private var machine: PoolMachine
    private var connections = SlotMap<UpstreamConnection>()
    private var waiters = SlotMap<Exchange>()
    private var nextCredential = 0
    private var expiry = DeadlineTimer()
    /// Connections that read unwanted answers, each once, and when to look at them.
    private var discarding = RingBuffer<(id: PoolMachine.ConnectionID, due: Instant)>()
    private var discardExpiry = DeadlineTimer()
    private static let discardKind: UInt32 = 1
    /// Within this time the rest of an unwanted answer comes, or its connection is closed.
    private static let discardPatience = Nanoseconds(.seconds(2))
    private var isRetired = false
    /// Whether the provider told the usage of the last stream that came to its end.
    var tellsUsage = false

    init(_ upstream: Upstream, mapping: FieldMapping?, dialer: UpstreamDialer) {
        self.mapping = mapping
        self.upstream = upstream
        self.dialer = dialer
        name = Bytes(upstream.name)
        let calls = upstream.paths.calls
        isParameter = upstream.credentialParameter != nil
        needsImageBytes = !upstream.takesImageURLs
        served =
            calls
            .filter { mapping == nil || !$0.isChat }
            .reduce(0) { $0 | 1 << UInt32($1.index) }
        chatCalls = calls.filter(\.isChat)
        paths = UpstreamCall.allCases.map { call in
            upstream.paths[call].map { CallPath($0, upstream: upstream) }
        }
        machine = PoolMachine(limits: upstream.pool)
        hostField = Self.line("host", upstream.origin.authority)
        extraFields = Self.joined(
            upstream.extraFields.map { Self.line($0.name, $0.value.reveal()) })
        credentialFields =
            upstream.credentials.isEmpty
            ? [Bytes()]
            : upstream.credentials.map { Self.credential($0.reveal(), of: upstream) }
    }

    /// A whole line, or the escaped value of a parameter.
    private static func credential(_ value: Bytes, of upstream: Upstream) -> Bytes {
        guard upstream.credentialParameter != nil else {
            return line(upstream.credentialField, value)
        }
        var writer = ByteWriter(capacity: value.count)
        writer.append(pathSegment: value.span)
        return writer.finish()
    }

    private static func line(_ name: String, _ value: Bytes) -> Bytes {
        var writer = ByteWriter(capacity: name.utf8.count + value.count + 4)
        writer.append(name)
        writer.append(": ")
        writer.append(value)
        writer.append("\r\n")
        return writer.finish()
    }

    private static func joined(_ lines: [Bytes]) -> Bytes {
        var writer = ByteWriter()
        for line in lines { writer.append(line) }
        return writer.finish()
    }

    /// Whether this pool's connections are good for a (reloaded) upstream.
    func canServe(_ other: Upstream, _ mapping: FieldMapping?) -> Bool {
        !isRetired && upstream == other && self.mapping == mapping
    }

    /// Its connections and its queue, in numbers.
    var report: PoolReport {
        PoolReport(
            upstream: upstream.name, open: machine.open, idle: machine.idleCount,
            waiting: machine.waitingCount)
    }

    /// Whether the upstream takes this call as it stands.
    func serves(_ call: UpstreamCall) -> Bool { served & (1 << UInt32(call.index)) != 0 }

    /// Whether the upstream counts the tokens of a chat, in whatever format.
    var countsTokens: Bool { serves(.countTokens) || serves(.countMessageTokens) }

    /// Appends the request line of a call that is served, and the credential's line.
    func appendStart(_ call: UpstreamCall, model: Bytes, to writer: inout ByteWriter) {
        paths[call.index]?.append(model: model, to: &writer)
        let credential = takeCredential()
        if isParameter { writer.append(credential) }
        writer.append(" HTTP/1.1\r\n")
        writer.append(hostField)
        if !isParameter { writer.append(credential) }
    }

    /// The next credential line in turn.
    func takeCredential() -> Bytes {
        let index = nextCredential
        nextCredential = index + 1 == credentialFields.count ? 0 : index + 1
        return credentialFields[index]
    }

    // MARK: - Serving

    /// Gets the exchange a connection: at once, later, or a refusal through `onAttemptFailed`.
    func acquire(for exchange: Exchange, fresh: Bool) {
        guard let waiter = waiters.insert(exchange) else { return exchange.onRefused() }
        exchange.waiter = waiter
        switch machine.onAcquire(waiter.bits, fresh: fresh) {
        case .use(let id): serve(waiter.bits, with: id)
        case .connect: open(for: waiter.bits)
        case .wait: break
        case .refuse:
            waiters.remove(waiter)
            exchange.waiter = nil
            exchange.onRefused()
        }
    }

    private func serve(_ waiter: PoolMachine.WaiterID, with id: PoolMachine.ConnectionID) {
        guard let connection = connections[SlotHandle(bits: id)] else {
            preconditionFailure("the pool hands out a connection that does not exist")
        }
        guard let exchange = waiters.remove(SlotHandle(bits: waiter)) else {
            preconditionFailure("the pool serves an exchange that does not wait")
        }
        exchange.waiter = nil
        connection.begin(exchange)
    }

    private func open(for waiter: PoolMachine.WaiterID) {
        guard let exchange = waiters.remove(SlotHandle(bits: waiter)) else {
            preconditionFailure("the pool connects for an exchange that does not wait")
        }
        exchange.waiter = nil
        let connection = UpstreamConnection(pool: self)
        guard let handle = connections.insert(connection) else { return exchange.onRefused() }
        connection.id = handle.bits
        connection.open(for: exchange)
    }

    private func passOn(_ waiter: PoolMachine.WaiterID?) {
        if let waiter { open(for: waiter) }
    }

    /// The exchange no longer waits.
    func abandon(_ waiter: SlotHandle) {
        guard waiters.remove(waiter) != nil else { return }
        machine.onAbandoned(waiter.bits)
    }

    // MARK: - Connections

    /// A connection has carried its exchange and may carry another.
    func release(_ connection: UpstreamConnection) {
        if isRetired { return close(connection) }
        switch machine.onRelease(connection.id, now: dialer.loop.now) {
        case .serve(let waiter): serve(waiter, with: connection.id)
        case .park:
            if let next = machine.nextExpiry { expiry.set(next, on: dialer.loop, self) }
        case .close:
            connections.remove(SlotHandle(bits: connection.id))
            connection.shut()
        }
    }

    private func close(_ connection: UpstreamConnection) {
        connections.remove(SlotHandle(bits: connection.id))
        connection.shut()
        passOn(machine.onClosed())
    }

    /// A busy or opening connection is gone.
    func onClosed(_ connection: UpstreamConnection) {
        connections.remove(SlotHandle(bits: connection.id))
        passOn(machine.onClosed())
    }

    /// An idle connection was closed by the other side, or said something unasked.
    func onIdleClosed(_ connection: UpstreamConnection) {
        connections.remove(SlotHandle(bits: connection.id))
        machine.onIdleClosed(connection.id)
    }

    // MARK: - Time

    /// A connection has begun to read an answer that nobody wants; returns until when it may.
    func onDiscarding(_ connection: UpstreamConnection) -> Instant {
        let deadline = dialer.loop.now + Self.discardPatience
        if !connection.isWatched { watch(connection, until: deadline) }
        return deadline
    }

    private func watch(_ connection: UpstreamConnection, until due: Instant) {
        connection.isWatched = true
        _ = discarding.append((connection.id, due))
        discardExpiry.set(
            discarding.first?.due ?? due, on: dialer.loop, self, kind: Self.discardKind)
    }

    private func endDiscarding() {
        guard discardExpiry.isDue(on: dialer.loop, self, kind: Self.discardKind) else { return }
        let now = dialer.loop.now
        while let first = discarding.first, first.due <= now {
            _ = discarding.popFirst()
            guard let connection = connections[SlotHandle(bits: first.id)] else { continue }
            connection.isWatched = false
            // It may have begun another one since.
            if let later = connection.endDiscarding(now: now) { watch(connection, until: later) }
        }
        guard let next = discarding.first else { return }
        discardExpiry.set(next.due, on: dialer.loop, self, kind: Self.discardKind)
    }

    override func onTimer(_ kind: UInt32) {
        if kind == Self.discardKind { return endDiscarding() }
        guard expiry.isDue(on: dialer.loop, self) else { return }
        while let id = machine.popExpired(now: dialer.loop.now) {
            connections.remove(SlotHandle(bits: id))?.shut()
        }
        if let next = machine.nextExpiry { expiry.set(next, on: dialer.loop, self) }
    }

    /// The configuration no longer names this upstream: idle connections go, busy ones finish.
    func retire() {
        isRetired = true
        expiry.cancel(on: dialer.loop)
        // Those that still discard close by themselves, or with the timer that is set for them.
        while let id = machine.popIdle() { connections.remove(SlotHandle(bits: id))?.shut() }
    }
}
