// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor

/// The answer to a call on a stored object on its way to the client: head re-framed, body as it is.
final class StoredAnswer {
    /// Documents with links are held up to this size, in bytes; larger ones pass unchanged.
    private static let heldLimit = 1024 * 1024

    private enum Framing { case none, length, chunked, untilClose }

    let head: ResponseHead
    private unowned(unsafe) let exchange: StoredExchange  // The exchange owns its answer.
    private let links: StoredLinks
    private var framing: Framing
    /// A document that is to be changed; nil when the body passes as it comes.
    private var held: ByteWriter?
    private(set) var isBegun = false

    init(_ head: ResponseHead, for exchange: StoredExchange) {
        self.head = head
        self.exchange = exchange
        let reception = exchange.reception
        links = StoredLinks(reception.head, hasTLS: exchange.worker.serverTLS != nil)
        let isHTTP10 = reception.head.version == .http10
        framing =
            switch head.framing {
            case .none: .none
            case .length: .length
            case .chunked, .untilClose: isHTTP10 ? .untilClose : .chunked
            }
        if exchange.call.path.tellsLinks, Self.isHeld(head) { held = ByteWriter() }
    }

    private static func isHeld(_ head: ResponseHead) -> Bool {
        let type = head.fields[.contentType] ?? Bytes()
        guard head.status < 300, !head.fields.contains(.contentEncoding),
            type.span.hasPrefixIgnoringCase("application/json")
        else { return false }
        if case .length(let length) = head.framing { return length <= heldLimit }
        return head.framing != .none
    }

    /// Whether the client's connection can carry another request afterwards.
    var keepsClient: Bool {
        exchange.reception.head.keepAlive && framing != .untilClose && exchange.isRequestWhole
    }

    /// Whether only a reset tells the client that the answer is not whole.
    var needsReset: Bool { framing == .untilClose }

    /// The head came: goes out now unless its length may still change.
    func begin(to transport: Transport) {
        if held == nil { writeHead(to: transport, length: nil) }
    }

    func write(_ bytes: Span<UInt8>, to transport: Transport) {
        if held == nil { return append(bytes, to: transport) }
        held?.append(bytes)
        guard let count = held?.count, count > Self.heldLimit else { return }
        let begun = held?.take() ?? Bytes()
        held = nil
        writeHead(to: transport, length: nil)
        append(begun.span, to: transport)
    }

    func finish(to transport: Transport) {
        if let document = held?.take() {
            held = nil
            let changed = links.document(document)
            framing = .length
            writeHead(to: transport, length: changed.count)
            exchange.facts.bytesOut += changed.count
            transport.write(changed)
        } else if framing == .chunked {
            transport.write { $0.appendLastChunk() }
        }
    }

    private func append(_ bytes: Span<UInt8>, to transport: Transport) {
        exchange.facts.bytesOut += bytes.count
        transport.write { writer in
            if framing == .chunked { writer.appendChunk(bytes) } else { writer.append(bytes) }
        }
    }

    /// The answer breaks off: a stream says why, and nothing gets its proper end.
    func writeBreak(_ note: RejectionNote, to transport: Transport) {
        let type = head.fields[.contentType] ?? Bytes()
        guard type.span.hasPrefixIgnoringCase("text/event-stream") else { return }
        var event = ByteWriter()
        // Half an event must not swallow the one that tells of the break.
        event.append("\n\n")
        event.append(
            ErrorBody(
                status: note.status, message: Bytes(note.message), code: note.code,
                requestID: exchange.reception.id
            ).streamEvent(for: exchange.reception.dialect))
        append(event.span, to: transport)
    }

    // MARK: - Head

    private func writeHead(to transport: Transport, length: Int?) {
        isBegun = true
        let worker = exchange.worker
        let date =
            head.fields.contains(.date) ? Bytes() : worker.dates.bytes(at: worker.loop.wallNow)
        transport.write { writer in
            writer.appendStatusLine(head.status)
            if !date.isEmpty { writer.appendField("date", date) }
            appendUpstreamFields(&writer)
            appendFraming(length, &writer)
            writer.append(exchange.live.identityFields)
            writer.appendField("x-request-id", exchange.reception.id)
            writer.appendField("x-apus-target", exchange.pool.name)
            writer.appendField("x-apus-attempts", 1)
            writer.appendConnection(
                keepAlive: keepsClient && !worker.isDraining,
                isHTTP10: exchange.reception.head.version == .http10)
            writer.appendHeadEnd()
        }
    }

    private func appendFraming(_ length: Int?, _ writer: inout ByteWriter) {
        if let length { return writer.appendField("content-length", length) }
        switch framing {
        case .none, .untilClose: break
        case .length:
            if case .length(let length) = head.framing {
                writer.appendField("content-length", length)
            }
        case .chunked: writer.append("transfer-encoding: chunked\r\n")
        }
    }

    private func appendUpstreamFields(_ writer: inout ByteWriter) {
        let fields = head.fields
        for index in 0..<fields.count {
            switch fields.known(at: index) {
            case .contentLength, .server: continue
            case .xRequestID:
                writer.appendField("x-apus-upstream-request-id", fields.value(at: index))
            case .other where AnswerRelay.isWithheld(fields.nameSpan(at: index)): continue
            case _ where fields.isHopByHop(at: index): continue
            case .other where Self.isUploadLink(fields.nameSpan(at: index)):
                guard let link = links.field(fields.value(at: index), for: exchange.key) else {
                    continue
                }
                writer.append(fields.nameSpan(at: index))
                writer.append(": ")
                writer.append(link)
                writer.append("\r\n")
            default: writer.appendField(at: index, of: fields)
            }
        }
    }

    private static func isUploadLink(_ name: Span<UInt8>) -> Bool {
        name.equalsIgnoringCase("x-goog-upload-url")
            || name.equalsIgnoringCase("x-goog-upload-control-url")
    }
}
