// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON

/// What is written down of one request: facts, never prompts, answers or keys.
///
/// A field that does not apply is left out of the line.
public struct AccessRecord: ~Copyable, Sendable {
    /// Text from outside is cut to this many bytes.
    public static let textLimit = 128
    /// A list of fields is cut to this many bytes.
    public static let listLimit = 512

    /// When the request began.
    public var time = Timestamp(nanoseconds: 0)
    public var requestID = Bytes()
    /// The configured name of the virtual key.
    public var key = Bytes()
    public var method: StaticString = "POST"
    /// The route's template, never the raw path.
    public var route: StaticString = ""
    public var dialect: StaticString = ""
    /// The model as the client asked for it.
    public var model = Bytes()
    /// Provider and model that served it.
    public var target = Bytes()
    /// The wire format that the target was asked in, where it is not the caller's.
    public var targetFormat: StaticString = ""
    /// What the translation of request and answer had to leave out, with commas between.
    public var dropped = Bytes()
    public var status = 0
    public var outcome: StaticString = ""
    public var attempts = 0
    /// Bytes of the request's body.
    public var bytesIn = 0
    /// Bytes of the answer's body.
    public var bytesOut = 0
    public var inputTokens: Int?
    public var outputTokens: Int?
    public var cachedTokens: Int?
    /// What the call cost, where that is known.
    public var cost: NanoDollars?
    /// The call cost something that nobody knows.
    public var isUnpriced = false
    /// The provider told no usage; the tokens are a guess.
    public var isEstimated = false
    public var total: Nanoseconds = .zero
    /// Time spent here, the upstream's excluded.
    public var overhead: Nanoseconds?
    /// From the request's arrival to the first byte of the answer's body.
    public var firstByte: Nanoseconds?
    public var isStream = false
    public var remark = Remark.none
    public var trace: TraceContext?

    public init() {}

    /// Appends the record as one JSON line; `origin` tells which node writes.
    public func append(
        to line: inout ByteWriter, origin: AccessOrigin, clock: inout RFC3339Cache
    ) {
        line.append(#"{"time":""#)
        clock.append(time, to: &line)
        line.append(#"","request_id":"#)
        line.append(jsonString: requestID.span)
        appendRequest(to: &line)
        appendFigures(to: &line)
        if let trace {
            line.append(#","trace_id":""#)
            trace.appendTraceID(to: &line)
            line.append(UInt8(ascii: "\""))
        }
        line.append(origin.fields)
        line.append("}\n")
    }

    private func appendRequest(to line: inout ByteWriter) {
        line.append(text: key, #","key":"#)
        line.append(word: method, #","method":""#)
        line.append(word: route, #","route":""#)
        line.append(word: dialect, #","dialect":""#)
        line.append(text: model, #","model":"#)
        line.append(text: target, #","target":"#)
        line.append(word: targetFormat, #","target_format":""#)
        line.append(list: dropped, #","dropped":"#)
        line.append(#","status":"#)
        line.append(decimal: status)
        line.append(word: outcome, #","outcome":""#)
        if isStream { line.append(#","stream":true"#) } else { line.append(#","stream":false"#) }
    }

    private func appendFigures(to line: inout ByteWriter) {
        line.append(#","attempts":"#)
        line.append(decimal: attempts)
        line.append(#","bytes_in":"#)
        line.append(decimal: bytesIn)
        line.append(#","bytes_out":"#)
        line.append(decimal: bytesOut)
        line.append(count: inputTokens, #","tokens_in":"#)
        line.append(count: outputTokens, #","tokens_out":"#)
        line.append(count: cachedTokens, #","tokens_cached":"#)
        if isEstimated { line.append(#","tokens_estimated":true"#) }
        if let cost {
            line.append(#","cost_usd":"#)
            line.append(dollars: cost)
        }
        if isUnpriced { line.append(#","unpriced":true"#) }
        if hasRemark { appendRemark(to: &line) }
        line.append(#","total_us":"#)
        line.append(decimal: Int(total.microseconds))
        line.append(microseconds: overhead, #","overhead_us":"#)
        line.append(microseconds: firstByte, #","ttft_us":"#)
    }
}

extension AccessRecord {
    /// What only few requests have.
    public enum Remark: Sendable, Equatable {
        case none
        /// It was about an object that exists: its tokens were counted when it was made.
        case stored
        /// Images were fetched for the target.
        case fetched(images: Int, bytes: Int)
    }

    private var hasRemark: Bool { if case .none = remark { false } else { true } }

    private func appendRemark(to line: inout ByteWriter) {
        switch remark {
        case .none: break
        case .stored: line.append(#","stored":true"#)
        case .fetched(let images, let bytes):
            line.append(#","fetched_images":"#)
            line.append(decimal: images)
            line.append(#","fetched_bytes":"#)
            line.append(decimal: bytes)
        }
    }
}

/// The part of a record's line that is the same for all of one configuration, encoded once.
public struct AccessOrigin: Sendable {
    let fields: Bytes

    public init(node: String, generation: UInt64) {
        var writer = ByteWriter(capacity: 64)
        writer.append(#","node":"#)
        writer.append(jsonString: Bytes(node).span)
        writer.append(#","generation":"#)
        writer.append(decimal: Int(clamping: generation))
        fields = writer.finish()
    }
}

extension ByteWriter {
    /// A string of any bytes; nothing at all when it is empty.
    @inline(__always)
    fileprivate mutating func append(text: Bytes, _ name: StaticString) {
        guard !text.isEmpty else { return }
        append(name)
        append(jsonString: text.span.extracting(first: AccessRecord.textLimit))
    }

    /// A list that is cut where it gets long.
    @inline(__always)
    fileprivate mutating func append(list: Bytes, _ name: StaticString) {
        guard !list.isEmpty else { return }
        append(name)
        append(jsonString: list.prefix(AccessRecord.listLimit).span)
    }

    /// A word of the code's own, which needs no escapes; the name ends with the opening quote.
    @inline(__always)
    fileprivate mutating func append(word: StaticString, _ name: StaticString) {
        guard word.utf8CodeUnitCount > 0 else { return }
        append(name)
        append(word)
        append(UInt8(ascii: "\""))
    }

    @inline(__always)
    fileprivate mutating func append(count: Int?, _ name: StaticString) {
        guard let count else { return }
        append(name)
        append(decimal: count)
    }

    @inline(__always)
    fileprivate mutating func append(microseconds duration: Nanoseconds?, _ name: StaticString) {
        guard let duration else { return }
        append(name)
        append(decimal: Int(duration.microseconds))
    }
}
