// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor
internal import Upstreams

/// The request as an upstream gets it: a new head, and the caller's body with edits spliced in.
///
/// Fields pass by an allow-list: an upstream is a third party, and what callers or the proxies in
/// front of us add (cookies, internal identities, their key) is none of its business.
struct UpstreamRequest {
    let exchange: Exchange
    let target: Target
    let pool: UpstreamPool

    func write(to transport: Transport) {
        let body = exchange.request.upstreamBody(
            model: target.model(asked: exchange.request.model), includeUsage: true)
        transport.write { writer in
            writer.append("POST ")
            writer.append(pool.basePath)
            writer.append(exchange.request.operation.pathInsideBase)
            writer.append(" HTTP/1.1\r\n")
            writer.append(pool.hostField)
            writer.append(pool.takeCredential())
            writer.append(pool.extraFields)
            appendCallerFields(&writer)
            writer.appendField("x-request-id", exchange.reception.id)
            writer.appendField("content-length", body.byteCount)
            writer.append("\r\n")
        }
        for index in 0..<body.count { transport.write(body[index]) }
    }

    private func appendCallerFields(_ writer: inout ByteWriter) {
        let fields = exchange.reception.head.fields
        for index in 0..<fields.count where isForwarded(fields, index) {
            writer.appendField(at: index, of: fields)
        }
    }

    private func isForwarded(_ fields: FieldTable, _ index: Int) -> Bool {
        switch fields.known(at: index) {
        case .contentType, .accept, .userAgent, .traceparent: true
        case .other: isForwarded(fields.nameSpan(at: index))
        default: false
        }
    }

    private func isForwarded(_ name: Span<UInt8>) -> Bool {
        switch ASCII.lowercased(name[0]) {
        case UInt8(ascii: "o"):
            pool.upstream.kind == .openai && name.hasPrefixIgnoringCase("openai-")
        case UInt8(ascii: "a"):
            pool.upstream.kind == .anthropic && name.hasPrefixIgnoringCase("anthropic-")
        case UInt8(ascii: "t"): name.equalsIgnoringCase("tracestate")
        case UInt8(ascii: "i"): name.equalsIgnoringCase("idempotency-key")
        default: false
        }
    }
}
