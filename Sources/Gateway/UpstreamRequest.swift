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

    /// Sends the caller's own body, but for its edits.
    func write(_ call: UpstreamCall, to transport: Transport) {
        let model = target.model(asked: exchange.request.model)
        let body =
            exchange.cleaned?.request.upstreamBody(model: model, includeUsage: true)
            ?? exchange.request.upstreamBody(model: model, includeUsage: true)
        transport.write { writer in
            pool.appendStart(call, model: model, to: &writer)
            writer.append(pool.extraFields)
            appendCallerFields(&writer)
            if call.isAnthropic { appendVersion(&writer) }
            appendEnd(body.byteCount, &writer)
        }
        for index in 0..<body.count { transport.write(body[index]) }
    }

    /// Sends a body in another format than the caller's.
    func write(_ attempt: Translation.Attempt, to transport: Transport) {
        let model = target.model(asked: exchange.request.model)
        transport.write { writer in
            pool.appendStart(attempt.call, model: model, to: &writer)
            writer.append(pool.extraFields)
            writer.append("content-type: application/json\r\n")
            appendNeutralFields(&writer)
            if attempt.call.isAnthropic { writer.append(Self.version) }
            appendEnd(attempt.body.count, &writer)
        }
        transport.write(attempt.body)
    }

    private func appendEnd(_ length: Int, _ writer: inout ByteWriter) {
        writer.appendField("x-request-id", exchange.reception.id)
        writer.appendField("content-length", length)
        writer.append("\r\n")
    }

    // Later versions refuse fields that translated requests may hold.
    private static let version: StaticString = "anthropic-version: 2023-06-01\r\n"

    private func appendVersion(_ writer: inout ByteWriter) {
        let isSet =
            exchange.reception.head.fields["anthropic-version"] != nil
            || pool.upstream.extraFields.contains { $0.name == "anthropic-version" }
        if !isSet { writer.append(Self.version) }
    }

    /// What any provider may know of a caller whose format it does not get.
    private func appendNeutralFields(_ writer: inout ByteWriter) {
        let fields = exchange.reception.head.fields
        for index in 0..<fields.count {
            switch fields.known(at: index) {
            case .userAgent, .traceparent: writer.appendField(at: index, of: fields)
            default: continue
            }
        }
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
            (pool.upstream.kind == .openai || pool.upstream.kind == .azure)
                && name.hasPrefixIgnoringCase("openai-")
        case UInt8(ascii: "a"):
            pool.upstream.kind == .anthropic && name.hasPrefixIgnoringCase("anthropic-")
        case UInt8(ascii: "t"): name.equalsIgnoringCase("tracestate")
        case UInt8(ascii: "i"): name.equalsIgnoringCase("idempotency-key")
        default: false
        }
    }
}

extension UpstreamCall {
    /// Whether the call wants Anthropic's version field.
    fileprivate var isAnthropic: Bool { self == .messages || self == .countMessageTokens }
}
