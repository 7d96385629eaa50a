// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Upstreams

/// The head of a call on a stored object as its upstream gets it.
struct StoredRequest {
    let call: StoredCall
    let reception: Reception
    let pool: UpstreamPool

    private var head: RequestHead { reception.head }

    /// Appends the whole head; the body follows as it comes.
    func append(to writer: inout ByteWriter) {
        writer.append(head.method.label)
        writer.append(UInt8(ascii: " "))
        appendTarget(&writer)
        writer.append(" HTTP/1.1\r\n")
        writer.append(pool.hostField)
        if !pool.isParameter { writer.append(pool.takeCredential()) }
        writer.append(pool.extraFields)
        let fields = head.fields
        for index in 0..<fields.count where isForwarded(fields, index) {
            writer.appendField(at: index, of: fields)
        }
        if call.dialect == .anthropic, lacks("anthropic-version") {
            writer.append("anthropic-version: 2023-06-01\r\n")
        }
        writer.appendField("x-request-id", reception.id)
        switch head.framing {
        case .length(let length): writer.appendField("content-length", length)
        case .chunked: writer.append("transfer-encoding: chunked\r\n")
        case .none, .untilClose:
            // RFC 9110 section 8.6: a method that means a body says so when there is none.
            if head.method != .get { writer.appendField("content-length", 0) }
        }
        writer.append("connection: close\r\n\r\n")
    }

    private func lacks(_ name: StaticString) -> Bool {
        head.fields[name] == nil
            && !pool.upstream.extraFields.contains { $0.name == "\(name)" }
    }

    // MARK: - Target

    private func appendTarget(_ writer: inout ByteWriter) {
        guard let base = pool.upstream.stored else {
            preconditionFailure("an upstream that keeps nothing was chosen")
        }
        let path = head.path
        let isUpload = path.span.hasPrefix("/upload/")
        writer.append(isUpload ? base.uploadPrefix : base.prefix)
        writer.append(path.dropFirst(Self.versionEnd(of: path.span, from: isUpload ? 7 : 0)))
        var mark = UInt8(ascii: "?")
        let query = keptQuery
        if !query.isEmpty {
            writer.append(mark)
            writer.append(query)
            mark = UInt8(ascii: "&")
        }
        if let wanted = base.query, query.span.queryValue("api-version") == nil {
            writer.append(mark)
            writer.append(wanted)
            mark = UInt8(ascii: "&")
        }
        guard pool.isParameter, let name = pool.upstream.credentialParameter else { return }
        writer.append(mark)
        writer.append(name)
        writer.append(UInt8(ascii: "="))
        writer.append(pool.takeCredential())
    }

    /// Where the path's version ends: `/v1`, `/v1beta`, `/v1alpha`.
    private static func versionEnd(of path: Span<UInt8>, from start: Int) -> Int {
        var end = start + 1
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }

    /// Parameters that are between the caller and us: Gemini's callers may show their key here.
    private static let ours = ["key", "\(UploadPass.owner)", "\(UploadPass.proof)"]

    /// The caller's query as it came, but for our own parameters.
    private var keptQuery: Bytes {
        guard let query = head.query else { return Bytes() }
        guard call.dialect == .gemini else { return query }
        var writer = ByteWriter(capacity: query.count)
        for part in query.string.split(separator: "&", omittingEmptySubsequences: true)
        where !Self.ours.contains(String(part.prefix { $0 != "=" })) {
            if !writer.isEmpty { writer.append(UInt8(ascii: "&")) }
            writer.append(String(part))
        }
        return writer.finish()
    }

    // MARK: - Fields

    /// By an allow-list, as for every call: what else callers send is not the provider's business.
    private func isForwarded(_ fields: FieldTable, _ index: Int) -> Bool {
        switch fields.known(at: index) {
        case .contentType, .contentEncoding, .accept, .userAgent, .traceparent: true
        case .other: isForwarded(fields.nameSpan(at: index))
        default: false
        }
    }

    private func isForwarded(_ name: Span<UInt8>) -> Bool {
        switch ASCII.lowercased(name[0]) {
        case UInt8(ascii: "o"):
            call.dialect == .openAI && pool.upstream.kind.keepsOpenAIObjects
                && name.hasPrefixIgnoringCase("openai-")
        case UInt8(ascii: "a"):
            call.dialect == .anthropic && name.hasPrefixIgnoringCase("anthropic-")
        case UInt8(ascii: "x"):
            call.dialect == .gemini && name.hasPrefixIgnoringCase("x-goog-upload-")
        case UInt8(ascii: "t"): name.equalsIgnoringCase("tracestate")
        case UInt8(ascii: "r"): name.equalsIgnoringCase("range")
        case UInt8(ascii: "i"):
            name.equalsIgnoringCase("idempotency-key") || name.hasPrefixIgnoringCase("if-")
        default: false
        }
    }
}
