// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Crypto
internal import Gateway
internal import HTTP
internal import JSON
public import Reactor

/// The operator's HTTP server on the control loop: health, metrics and the admin API.
///
/// It asks workers by messages only and never waits for one, so it answers while they are busy.
public final class AdminServer {
    /// Connections at once; one more is closed. Operators and scrapers need few.
    private static let connectionLimit = 256

    let loop: EventLoop
    let times: AdminTimes
    private let sources: AdminSources
    private var connections = SlotMap<AdminConnection>(capacity: AdminServer.connectionLimit)
    private var listener: Listener?
    private var hasher = SHA256Hasher()
    private var dates = HTTPDateCache()

    /// Listens at once; a port of 0 takes a free one, which `address` then tells.
    public init(
        loop: EventLoop, address: SocketAddress, sources: AdminSources,
        times: AdminTimes = AdminTimes()
    ) throws(ListenFault) {
        self.loop = loop
        self.times = times
        self.sources = sources
        listener = try Listener(loop: loop, address: try Listener.probe(address)) {
            [weak self] in self?.accept($0, from: $1)
        }
    }

    /// The address bound; nil after `close`.
    public var address: SocketAddress? { listener?.address }

    /// Stops listening and closes every connection.
    public func close() {
        listener?.close()
        listener = nil
        var open: [AdminConnection] = []
        connections.forEach { open.append($1) }
        for connection in open { connection.close() }
    }

    private func accept(_ descriptor: Int32, from peer: SocketAddress?) {
        let transport = Transport(loop: loop, descriptor: descriptor, peer: peer)
        let connection = AdminConnection(server: self, transport: transport)
        connection.slot = connections.insert(connection)
        if connection.slot == nil { connection.close() }
    }

    func remove(_ slot: SlotHandle) { connections.remove(slot) }

    var date: Bytes { dates.bytes(at: loop.wallNow) }

    // MARK: - Requests

    /// Answers one request, at once or later; `completion` is called once.
    func answer(_ head: RequestHead, _ completion: @escaping (AdminAnswer) -> Void) {
        let route = AdminRoute.find(head.pathSpan)
        let isProtected =
            route?.needsKey ?? head.pathSpan.hasPrefix(AdminRoute.protectedPrefix)
        if isProtected, let fault = keyFault(head.fields) { return completion(AdminAnswer(fault)) }
        guard let route else { return completion(AdminAnswer(.unknownPath)) }
        guard route.accepts(head.method) else {
            var answer = AdminAnswer(.wrongMethod)
            answer.allow = route.allowed
            return completion(answer)
        }
        if route == .status { return answerStatus(completion) }
        if route == .cluster { return answerCluster(completion) }
        if route == .members {
            return sources.members { report in
                completion(.object(200) { report.write(to: &$0) })
            }
        }
        if route == .explain { return explain(head.querySpan, completion) }
        if route == .drain, let name = Self.member(head.querySpan) {
            return drain(name, completion)
        }
        completion(answer(route, head))
    }

    private func answer(_ route: AdminRoute, _ head: RequestHead) -> AdminAnswer {
        switch route {
        case .liveness: return .text(200, "ok\n")
        case .readiness:
            return sources.isDraining() ? .text(503, "draining\n") : .text(200, "ready\n")
        case .health: return health()
        case .metrics:
            let (type, text) = sources.metrics(head.fields[.accept] ?? Bytes())
            return AdminAnswer(200, type, text)
        case .config: return .object(200) { sources.snapshot().write(to: &$0) }
        case .reload: return reload()
        case .drain: return drain()
        case .openAPI: return AdminAnswer(200, AdminAnswer.json, OpenAPIDocument.bytes)
        case .status, .members, .cluster, .explain:
            preconditionFailure("what others know is gathered, not at hand")
        }
    }

    private func answerStatus(_ completion: @escaping (AdminAnswer) -> Void) {
        sources.status { status in completion(.object(200) { status.write(to: &$0) }) }
    }

    private func answerCluster(_ completion: @escaping (AdminAnswer) -> Void) {
        sources.cluster { rows in
            completion(
                .object(200) { json in
                    json.key("nodes")
                    json.array(rows) { json, row in row.write(to: &json) }
                })
        }
    }

    private func health() -> AdminAnswer {
        let isDraining = sources.isDraining()
        let snapshot = sources.snapshot()
        return .object(isDraining ? 503 : 200) { json in
            json.key("status")
            json.string(isDraining ? "draining" as StaticString : "ok")
            json.key("node")
            json.string(snapshot.node.name)
            json.key("generation")
            json.int(snapshot.generation)
        }
    }

    /// The value of `node=`, which is the only parameter there is.
    private static func member(_ query: Span<UInt8>) -> String? {
        guard query.hasPrefix("node=") else { return nil }
        return String(decoding: query.extracting(5..<query.count))
    }

    /// Request ids longer than this are no ids.
    private static let requestLimit = 256

    private func explain(
        _ query: Span<UInt8>, _ completion: @escaping (AdminAnswer) -> Void
    ) {
        guard query.hasPrefix("request="), query.count > 8, query.count <= 8 + Self.requestLimit
        else { return completion(AdminAnswer(.missingRequest)) }
        let request = String(decoding: query.extracting(8..<query.count))
        sources.explain(request) { rows in
            completion(
                .object(200) { json in
                    json.key("request")
                    json.string(request)
                    json.key("nodes")
                    json.array(rows) { json, row in row.write(to: &json) }
                })
        }
    }

    private func drain(_ name: String, _ completion: @escaping (AdminAnswer) -> Void) {
        guard name != sources.snapshot().node.name else { return completion(drain()) }
        sources.drainMember(name) { result in
            switch result {
            case .success(let patience): completion(Self.draining(patience))
            case .failure(let fault): completion(AdminAnswer(AdminFault(fault)))
            }
        }
    }

    private func drain() -> AdminAnswer { Self.draining(sources.drain()) }

    private static func draining(_ patience: Duration) -> AdminAnswer {
        .object(202) { json in
            json.key("state")
            json.string("draining" as StaticString)
            json.key("patience_ms")
            json.int(patience.milliseconds)
        }
    }

    private func reload() -> AdminAnswer {
        switch sources.reload() {
        case .kept(let findings):
            let generation = sources.snapshot().generation
            return .refusedConfiguration(findings, generation: generation)
        case .replaced(let generation, let remarks, let waiting):
            return .object(200) { json in
                json.key("generation")
                json.int(generation)
                json.key("remarks")
                json.array(remarks) { json, finding in finding.write(to: &json) }
                json.key("waiting_for_restart")
                json.array(waiting) { json, note in json.string(note) }
            }
        }
    }

    // MARK: - The key

    /// Why these fields do not carry the admin key; nil when they do.
    private func keyFault(_ fields: FieldTable) -> AdminFault? {
        guard let credential = Self.credential(fields) else { return .missingKey }
        guard let digest = sources.snapshot().admin.keyDigest else { return .wrongKey }
        // Digests are compared, in constant time: nothing of the key can be measured.
        return hasher.digest(of: credential.span) == digest ? nil : .wrongKey
    }

    private static func credential(_ fields: FieldTable) -> Bytes? {
        guard let value = fields[.authorization] else { return fields[.xAPIKey] }
        let isBearer = value.prefix(7).span.equalsIgnoringCase("bearer ")
        return isBearer ? value.dropFirst(7) : nil
    }
}

extension AdminAnswer {
    /// A 422 with every finding; the configuration of `generation` stays in use.
    static func refusedConfiguration(
        _ findings: [ConfigFinding], generation: UInt64
    ) -> AdminAnswer {
        let fault = AdminFault.invalidConfiguration
        return .object(fault.status) { json in
            json.key("error")
            json.beginObject()
            write(fault, Bytes(fault.message.description), to: &json)
            json.key("findings")
            json.array(findings) { json, finding in finding.write(to: &json) }
            json.endObject()
            json.key("generation")
            json.int(generation)
        }
    }
}

extension AdminFault {
    init(_ fault: MemberFault) {
        switch fault {
        case .unknown: self = .unknownMember
        case .unreachable: self = .memberUnreachable
        case .timeout: self = .memberTimeout
        case .tooOld: self = .memberTooOld
        case .busy: self = .memberBusy
        case .refused: self = .memberRefused
        case .noCache: self = .memberWithoutCache
        case .regionUnreachable: self = .regionUnreachable
        case .ambiguous: self = .ambiguousMember
        }
    }
}

extension ConfigFinding {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("file")
        json.string(file)
        if let line {
            json.key("line")
            json.int(line)
        }
        if let column {
            json.key("column")
            json.int(column)
        }
        json.key("message")
        json.string(message)
        json.endObject()
    }
}
