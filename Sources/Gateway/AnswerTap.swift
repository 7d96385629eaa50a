// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP

/// Looks at an answer's body as it passes: usage, errors, and what must not reach the client.
struct AnswerTap: ~Copyable {
    private enum Kind {
        case eventStream
        case whole
        /// Encoded, foreign or failed: passed on unseen.
        case opaque
    }

    private let kind: Kind
    private var stream: StreamTap
    private var tail = AnswerTail()
    private var wholeUsage: Usage?
    /// The whole answer was seen at once; its pieces need no second look.
    private var isRead = false

    init(_ head: ResponseHead, withholdsUsage: Bool) {
        kind = Self.kind(of: head)
        stream = StreamTap(mode: withholdsUsage ? .withhold : .observe)
    }

    private static func kind(of head: ResponseHead) -> Kind {
        guard !head.fields.contains(.contentEncoding), head.status < 300,
            let type = head.fields[.contentType]
        else { return .opaque }
        if type.span.hasPrefixIgnoringCase("text/event-stream") { return .eventStream }
        return type.span.hasPrefixIgnoringCase("application/json") ? .whole : .opaque
    }

    var isEventStream: Bool { kind == .eventStream }

    /// Whether the client has half an event.
    var isMidEvent: Bool { isEventStream && stream.isMidEvent }

    var usage: Usage? { kind == .eventStream ? stream.facts.usage : wholeUsage }

    /// Reads the usage of an answer that is here with all its bytes, before they are passed on.
    mutating func onWhole(_ bytes: Span<UInt8>) {
        guard kind == .whole else { return }
        wholeUsage = AnswerTail.usage(in: bytes)
        isRead = true
    }

    /// Gives the pieces of `bytes` that the client gets, in order.
    mutating func pass(_ bytes: Span<UInt8>, _ send: (Span<UInt8>) -> Void) {
        guard kind == .eventStream else {
            if kind == .whole, !isRead { tail.observe(bytes) }
            return send(bytes)
        }
        var position = 0
        while position < bytes.count {
            let step = stream.onBytes(bytes, from: position)
            if !step.held.isEmpty { send(step.held.span) }
            if !step.relay.isEmpty { send(bytes.extracting(step.relay)) }
            position = step.next
        }
    }

    /// The body is complete: gives what was still held, and reads the usage of a whole answer.
    mutating func finish(_ send: (Span<UInt8>) -> Void) {
        switch kind {
        case .eventStream:
            let rest = stream.finish()
            if !rest.held.isEmpty { send(rest.held.span) }
        case .whole where isRead: break
        case .whole: wholeUsage = tail.finish()
        case .opaque: break
        }
    }
}
