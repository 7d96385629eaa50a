// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor
internal import Upstreams

/// Sends one upstream's answer on to the client: head re-framed, body as it comes.
///
/// Bodies pass byte for byte; only the usage chunk that nobody but the gateway asked for is left
/// out of a stream.
final class AnswerRelay {
    private enum Framing {
        /// No body follows.
        case none
        /// The upstream's own length.
        case length
        case chunked
        /// The end of the connection is the end of the body: for HTTP/1.0 clients.
        case untilClose
    }

    let head: ResponseHead
    private let framing: Framing
    private let format: WireFormat
    private var tap: AnswerTap
    /// Whether the client's connection can carry another exchange afterwards.
    let keepsClient: Bool

    init(_ head: consuming ResponseHead, for exchange: Exchange) {
        let isHTTP10 = exchange.reception.head.version == .http10
        // Field by field: asking the request itself would copy it.
        let withholdsUsage = exchange.request.isStreaming && !exchange.request.includesUsage
        format = exchange.request.operation.answerFormat
        tap = AnswerTap(head, withholdsUsage: withholdsUsage, format: format)
        tap.text = exchange.meter?.text
        let isShortened = tap.isEventStream && withholdsUsage
        framing =
            switch head.framing {
            case .none: .none
            case .length where !isShortened: .length
            case .length, .chunked, .untilClose: isHTTP10 ? .untilClose : .chunked
            }
        keepsClient = exchange.reception.head.keepAlive && framing != .untilClose
        self.head = head
    }

    var usage: Usage? { tap.usage }

    /// The answer, when its usage is nil.
    var uncounted: UncountedAnswer? { tap.uncounted }

    /// Whether only a reset tells the client that the answer is not whole.
    var needsResetToShowBreak: Bool { framing == .untilClose }

    /// The first bytes of the body have come; when they are all of it, its usage is known already.
    func onFirstBytes(_ bytes: Span<UInt8>) {
        if case .length(bytes.count) = head.framing { tap.onWhole(bytes) }
    }

    /// What a stream begins with, if it is an error and no token.
    func openingError(in bytes: Span<UInt8>) -> ProviderError? {
        tap.isEventStream ? StreamOpening.error(in: bytes, format) : nil
    }

    // MARK: - Head

    /// Writes the head and the body's first bytes behind it.
    func writeHead(of exchange: Exchange, with body: Span<UInt8>) {
        exchange.facts.status = head.status
        exchange.facts.noteCommit()
        exchange.client.transport.write { writer in
            writer.appendStatusLine(head.status)
            if !head.fields.contains(.date) { appendDate(exchange.worker, &writer) }
            appendUpstreamFields(&writer)
            appendFraming(&writer)
            appendGatewayFields(exchange, &writer)
            writer.appendHeadEnd()
            if body.count > 0 { tap.pass(body) { piece in append(piece, &writer) } }
        }
    }

    private func appendDate(_ worker: Worker, _ writer: inout ByteWriter) {
        writer.appendField("date", worker.dates.bytes(at: worker.loop.wallNow))
    }

    private func appendUpstreamFields(_ writer: inout ByteWriter) {
        let fields = head.fields
        for index in 0..<fields.count {
            switch fields.known(at: index) {
            case .contentLength, .server: continue
            case .xRequestID:
                writer.appendField("x-apus-upstream-request-id", fields.value(at: index))
            case .other where Self.isWithheld(fields.nameSpan(at: index)): continue
            case _ where fields.isHopByHop(at: index): continue
            default: writer.appendField(at: index, of: fields)
            }
        }
    }

    /// Fields that speak of the upstream's own site or of the operator's account there, whose
    /// limits are not this caller's, or that are ours to set.
    static func isWithheld(_ name: Span<UInt8>) -> Bool {
        switch ASCII.lowercased(name[0]) {
        case UInt8(ascii: "s"):
            name.equalsIgnoringCase("set-cookie")
                || name.equalsIgnoringCase("strict-transport-security")
        case UInt8(ascii: "a"):
            name.equalsIgnoringCase("alt-svc")
                || name.hasPrefixIgnoringCase("anthropic-ratelimit-")
        case UInt8(ascii: "x"):
            name.hasPrefixIgnoringCase("x-apus-") || name.hasPrefixIgnoringCase("x-ratelimit-")
        case UInt8(ascii: "r"): name.hasPrefixIgnoringCase("ratelimit-")
        case UInt8(ascii: "p"): name.hasPrefixIgnoringCase("proxy-")
        default: false
        }
    }

    private func appendFraming(_ writer: inout ByteWriter) {
        switch framing {
        case .none: break
        case .length:
            if case .length(let length) = head.framing {
                writer.appendField("content-length", length)
            }
        case .chunked: writer.append("transfer-encoding: chunked\r\n")
        case .untilClose: break
        }
    }

    private func appendGatewayFields(_ exchange: Exchange, _ writer: inout ByteWriter) {
        writer.append(exchange.live.identityFields)
        writer.appendField("x-request-id", exchange.reception.id)
        if let name = exchange.targetName { writer.appendField("x-apus-target", name) }
        writer.appendField("x-apus-attempts", exchange.machine.attempts)
        if let overhead = exchange.facts.overhead {
            writer.appendField("x-apus-overhead-us", Int(overhead.microseconds))
        }
        if let notes = exchange.cleaned?.notes { writer.appendField("x-apus-dropped", notes.list) }
        if exchange.facts.usage != nil { writer.appendCost(exchange.cost) }
        if exchange.machine.attempts > 1, head.status >= 400 {
            writer.append("x-should-retry: false\r\n")
        }
        writer.appendConnection(
            keepAlive: keepsClient && !exchange.worker.isDraining,
            isHTTP10: exchange.reception.head.version == .http10)
    }

    // MARK: - Body

    func write(_ bytes: Span<UInt8>, to transport: Transport) {
        transport.write { writer in
            tap.pass(bytes) { piece in append(piece, &writer) }
        }
    }

    /// The answer is complete.
    func writeEnd(to transport: Transport) {
        transport.write { writer in
            tap.finish { piece in append(piece, &writer) }
            if framing == .chunked { writer.appendLastChunk() }
        }
    }

    private func append(_ piece: Span<UInt8>, _ writer: inout ByteWriter) {
        if framing == .chunked { writer.appendChunk(piece) } else { writer.append(piece) }
    }

    var isEventStream: Bool { tap.isEventStream }

    /// Breaks a silence between two events; inside one it is left alone.
    func writeKeepAlive(in dialect: Dialect, to transport: Transport) {
        guard tap.isEventStream, !tap.isMidEvent else { return }
        transport.write { append(dialect.keepAlive.span, &$0) }
    }

    private var eventEnd: Bytes { tap.isEventStream ? "\n\n" : "\n" }

    /// The answer breaks off: a stream says why, and nothing gets its proper end.
    func writeBreak(_ note: RejectionNote, _ reception: Reception, to transport: Transport) {
        guard tap.takesEvents else { return }
        let event = ErrorBody(
            status: note.status, message: Bytes(note.message), code: note.code,
            requestID: reception.id
        ).streamEvent(for: reception.dialect)
        transport.write { writer in
            // Half an event must not swallow the one that tells of the break.
            if tap.isMidEvent { append(eventEnd.span, &writer) }
            if framing == .chunked { writer.appendChunk(event.span) } else { writer.append(event) }
        }
    }
}
