// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Reactor

/// One connection of an operator: reads a request, waits for its answer, goes on with the next.
///
/// `idle → reading → answering → idle`, each of them `→ closed`.
final class AdminConnection: EventHandler, TransportDelegate {
    /// Request bodies; nothing here needs a larger one.
    static let bodyLimit = 64 * 1024

    private enum Phase { case idle, reading, answering, closed }

    var slot: SlotHandle?
    private unowned let server: AdminServer
    private let transport: Transport
    private var parser: HTTP1RequestParser
    private var phase = Phase.idle
    private var head: RequestHead?
    private var bodyBytes = 0
    /// What came behind a request that is being answered.
    private var early = ByteWriter()
    private var isProcessing = false
    /// The client has sent its last request, and still waits for the answer.
    private var isHalfClosed = false
    private var timer = DeadlineTimer()

    init(server: AdminServer, transport: Transport) {
        self.server = server
        self.transport = transport
        var limits = HTTPLimits()
        limits.headBytes = 16 * 1024
        parser = HTTP1RequestParser(limits: limits)
        super.init()
        transport.delegate = self
        setDeadline(server.times.idle)
    }

    private func setDeadline(_ duration: Duration) {
        timer.set(server.loop.now + duration, on: server.loop, self)
    }

    // MARK: - Bytes in

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        // Reading is paused while an answer is made, so `early` holds one read at most.
        guard phase != .answering else { return early.append(bytes) }
        process(bytes)
    }

    private func process(_ bytes: Span<UInt8>) {
        isProcessing = true
        defer { isProcessing = false }
        var offset = 0
        while phase == .idle || phase == .reading {
            let rest = bytes.extracting(offset..<bytes.count)
            let (consumed, event) = parser.next(rest)
            offset += consumed
            switch event {
            case .needMore: return onNeedMore()
            case .head(let head): onHead(head)
            case .body(let range): onBody(range.count)
            case .end: onRequestEnd()
            case .failure(let fault): return write(AdminAnswer(fault), keepAlive: false)
            }
        }
        if phase == .answering { early.append(bytes.extracting(offset..<bytes.count)) }
    }

    /// The time for a request runs from its first byte.
    private func onNeedMore() {
        guard phase == .idle, parser.isReadingHead else { return }
        phase = .reading
        setDeadline(server.times.request)
    }

    private func onHead(_ head: RequestHead) {
        self.head = head
        bodyBytes = 0
        if phase == .idle { setDeadline(server.times.request) }
        phase = .reading
        if case .length(let length) = head.framing, length > Self.bodyLimit {
            return write(AdminAnswer(.bodyTooLarge), keepAlive: false)
        }
        if head.expectsContinue, head.framing.hasBody {
            transport.write { $0.append("HTTP/1.1 100 Continue\r\n\r\n") }
        }
    }

    /// No request has a use for its body; it is counted and dropped.
    private func onBody(_ count: Int) {
        bodyBytes += count
        if bodyBytes > Self.bodyLimit { write(AdminAnswer(.bodyTooLarge), keepAlive: false) }
    }

    private func onRequestEnd() {
        guard let head else { return }
        phase = .answering
        setDeadline(server.times.answer)
        transport.pauseReading()
        server.answer(head) { [weak self] answer in self?.finish(answer) }
    }

    // MARK: - Answers

    private func finish(_ answer: AdminAnswer) {
        guard phase == .answering, let head else { return }
        transport.resumeReading()
        write(answer, keepAlive: head.keepAlive && !isHalfClosed)
        if !isProcessing { processEarly() }
    }

    private func processEarly() {
        while !early.isEmpty, phase == .idle || phase == .reading {
            let bytes = early.finish()
            process(bytes.span)
        }
    }

    private func write(_ answer: AdminAnswer, keepAlive: Bool) {
        transport.write { writer in
            writer.appendStatusLine(answer.status)
            writer.appendField("date", server.date)
            writer.appendField("content-type", answer.contentType)
            writer.appendField("content-length", answer.body.count)
            writer.append("cache-control: no-store\r\n")
            if answer.status == 401 { writer.append("www-authenticate: Bearer\r\n") }
            if let allow = answer.allow { writer.appendField("allow", allow) }
            if !keepAlive {
                writer.append("connection: close\r\n")
            } else if head?.version == .http10 {
                writer.append("connection: keep-alive\r\n")
            }
            writer.appendHeadEnd()
        }
        if head?.method != .head { transport.write(answer.body) }
        head = nil
        guard keepAlive else { return closeLingering() }
        phase = .idle
        setDeadline(server.times.idle)
    }

    // MARK: - Ends

    private func closeLingering() {
        forget()
        transport.closeLingering()
    }

    private func closeAfterFlush() {
        guard phase != .closed else { return }
        forget()
        transport.closeAfterFlush()
    }

    func close() {
        guard phase != .closed else { return }
        forget()
        transport.close()
    }

    private func forget() {
        phase = .closed
        timer.cancel(on: server.loop)
        if let slot { server.remove(slot) }
        slot = nil
    }

    func transportDidReachEnd(_ transport: Transport) {
        if phase == .answering { isHalfClosed = true } else { closeAfterFlush() }
    }

    func transport(_ transport: Transport, didFail fault: TransportFault) { close() }

    func transportDidDrain(_ transport: Transport) {}

    func transportDidBecomeReady(_ transport: Transport) {}

    override func onTimer(_ kind: UInt32) {
        guard timer.isDue(on: server.loop, self) else { return }
        guard phase == .reading else { return close() }
        write(AdminAnswer(.tooSlow), keepAlive: false)
    }
}
