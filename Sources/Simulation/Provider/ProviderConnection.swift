// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Reactor

/// One connection to a simulated provider; its requests are answered one after the other.
final class ProviderConnection: EventHandler, TransportDelegate {
    private static let controlPath: StaticString = "/_control"
    private static let bodyLimit = 256 * 1024 * 1024
    /// Early bytes of next requests; more of them means a client that does not wait.
    private static let earlyLimit = 16 * 1024 * 1024

    enum Phase { case reading, answering, closed }

    unowned let provider: FakeProvider
    let transport: Transport
    var slot: SlotHandle?
    private(set) var phase = Phase.reading
    private var parser = HTTP1RequestParser()
    private var head: RequestHead?
    private var body = ByteWriter()
    private var early = ByteWriter()
    private var received: ReceivedRequest?
    private var fault = ScriptedFault.none
    private var isConstant = false
    /// Whether it began with a request for the control path, so that nothing of it is counted.
    private var isControl = false
    private var requests = 0
    private var bytesIn = 0
    /// Bytes handed to the transport.
    var bytesWritten = 0
    /// The answer on its way; nil between two, and while one is stalled.
    var delivery: AnswerDelivery?
    var isHeadSent = false
    var keepsAlive = true
    /// What a slow head has still to send.
    var headLeft = Bytes()
    var timer: TimerHandle?
    /// When the next piece is due, so that a stream keeps its pace however late a timer fires.
    var due = Instant(nanoseconds: 0)

    init(provider: FakeProvider, transport: Transport) {
        self.provider = provider
        self.transport = transport
        super.init()
        transport.delegate = self
    }

    // MARK: - Bytes in

    func transportDidBecomeReady(_ transport: Transport) {}

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        bytesIn += bytes.count
        if !isControl { provider.counters.bytesIn += bytes.count }
        guard phase == .reading else {
            early.append(bytes)
            if early.count > Self.earlyLimit { abort() }
            return
        }
        process(bytes)
    }

    private func process(_ bytes: Span<UInt8>) {
        var offset = 0
        while phase == .reading {
            let rest = bytes.extracting(offset..<bytes.count)
            let (consumed, event) = parser.next(rest)
            offset += consumed
            switch event {
            case .needMore: return
            case .head(let head): onHead(head)
            case .body(let range): onBody(rest.extracting(range))
            case .end: onRequestEnd()
            case .failure(let fault): onMalformed(fault)
            }
        }
        if phase == .answering { early.append(bytes.extracting(offset..<bytes.count)) }
    }

    private func onHead(_ head: RequestHead) {
        self.head = head
        body.removeAll()
        if head.pathSpan.equals(Self.controlPath) { return becomeControl() }
        requests += 1
        provider.counters.requestBegan()
        fault = provider.script.strike(&provider.random)
        isConstant = fault == .behaviour(.constant)
        if head.expectsContinue { transport.write { $0.append("HTTP/1.1 100 Continue\r\n\r\n") } }
        if isConstant { return }
        provider.counters.note(path: head.path)
        received = ReceivedRequest(head, arrived: provider.loop.now)
        if fault == .behaviour(.refuse) { breakOff { $0.abort() } }
    }

    private func becomeControl() {
        guard requests == 0, !isControl else { return }
        isControl = true
        provider.counters.connections -= 1
        provider.counters.openConnections -= 1
        provider.counters.bytesIn -= bytesIn
    }

    private func onBody(_ bytes: Span<UInt8>) {
        if isConstant { return }
        body.append(bytes)
        if body.count > Self.bodyLimit { abort() }
    }

    private func onMalformed(_ fault: HTTPFault) {
        provider.counters.malformed += 1
        let refusal = ProviderRefusal(status: fault.status, message: "\(fault.message)")
        phase = .answering
        begin(ProviderAnswer(refusal), behaviour: .ok, keepsAlive: false)
    }

    private func onRequestEnd() {
        guard let head else { return }
        if isConstant { return answerConstantly(head) }
        let text = body.finish()
        phase = .answering
        guard !head.pathSpan.equals(Self.controlPath) else { return control(head, text) }
        received?.body = Bytes(copying: text.prefix(ProviderCounters.bodyLimit).span)
        if let received { provider.counters.note(received) }
        received = nil
        answer(head, text)
    }

    private func answerConstantly(_ head: RequestHead) {
        let answer = provider.constantAnswer
        transport.write(answer)
        bytesWritten += answer.count
        provider.counters.bytesOut += answer.count
        provider.counters.openRequests -= 1
        provider.counters.completed += 1
        self.head = nil
        if !head.keepAlive { closeGently() }
    }

    // MARK: - Answering

    private func answer(_ head: RequestHead, _ body: Bytes) {
        let script = provider.script
        var behaviour = ProviderBehaviour.ok
        switch fault {
        case .none: break
        case .status(let status):
            let refusal = ProviderRefusal.scripted(status, provider.service.dialect)
            var answer = provider.service.refuse(refusal, script)
            if let text = script.errorBody { answer.body = .whole(text) }
            return begin(answer, behaviour: .ok, keepsAlive: head.keepAlive)
        case .behaviour(let struck): behaviour = struck
        }
        switch behaviour {
        case .closeBeforeAnswer: return breakOff { $0.closeGently() }
        case .stall: return
        case .garbage:
            transport.write { $0.append("\u{15}\u{3}\u{1} this is no answer\r\n\r\n") }
            return breakOff { $0.closeGently() }
        default: break
        }
        let answer: ProviderAnswer
        if let replay = script.replay {
            answer = ProviderAnswer(replay)
        } else {
            answer = provider.service.answer(
                to: head, body: body, script: script, now: provider.loop.wallNow,
                behaviour: behaviour)
        }
        begin(answer, behaviour: behaviour, keepsAlive: head.keepAlive)
    }

    private func control(_ head: RequestHead, _ document: Bytes) {
        var answer = ProviderAnswer(Bytes())
        switch head.methodName {
        case "GET": break
        case "DELETE": provider.counters.reset()
        case "PUT", "POST":
            do throws(ScriptFault) { try provider.apply(document) } catch {
                answer = ProviderAnswer(ProviderRefusal(status: 400, message: error.message))
            }
        default: answer = ProviderAnswer(.wrongMethod(head.methodName))
        }
        if answer.status == 200 { answer.body = .whole(provider.report()) }
        begin(answer, behaviour: .ok, keepsAlive: head.keepAlive)
    }

    /// Whether the request under way counts.
    var isCounted: Bool { head.map { !$0.pathSpan.equals(Self.controlPath) } ?? false }

    /// The answer went out whole.
    func onAnswered(keepsAlive: Bool) {
        delivery = nil
        settle { $0.completed += 1 }
        guard keepsAlive else { return closeGently() }
        phase = .reading
        while phase == .reading, !early.isEmpty {
            let bytes = early.finish()
            process(bytes.span)
        }
    }

    /// The script ends the answer here.
    func breakOff(_ close: (ProviderConnection) -> Void) {
        settle { $0.broken += 1 }
        close(self)
    }

    /// Counts the request under way once.
    private func settle(_ count: (inout ProviderCounters) -> Void) {
        guard isCounted else {
            head = nil
            return
        }
        head = nil
        provider.counters.openRequests -= 1
        count(&provider.counters)
    }

    override func onTimer(_ kind: UInt32) { onDue(kind) }

    // MARK: - Ending

    func transportDidReachEnd(_ transport: Transport) { onPeerGone() }

    func transport(_ transport: Transport, didFail fault: TransportFault) { onPeerGone() }

    private func onPeerGone() {
        settle { $0.cancelled += 1 }
        abort()
    }

    /// Closes when all that was written is out.
    func closeGently() {
        guard leave() else { return }
        transport.closeAfterFlush()
    }

    /// Resets the connection.
    func abort() {
        settle { $0.broken += 1 }
        guard leave() else { return }
        if !isControl { provider.counters.bytesOut -= transport.queuedBytes }
        transport.abort()
    }

    private func leave() -> Bool {
        guard phase != .closed else { return false }
        phase = .closed
        delivery = nil
        if let timer { provider.loop.cancel(timer) }
        timer = nil
        if !isControl { provider.counters.openConnections -= 1 }
        provider.remove(self)
        return true
    }
}
