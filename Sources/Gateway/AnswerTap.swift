// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP

/// Looks at an answer's body as it passes: usage, errors, and what must not reach the client.
struct AnswerTap: ~Copyable {
    private enum Kind {
        case eventStream
        /// One JSON object on each line, the counts in the last one.
        case lines
        case whole
        /// Encoded, foreign or failed: passed on unseen.
        case opaque
    }

    private let kind: Kind
    private let format: WireFormat
    private var stream: StreamTap
    private var tail = AnswerTail()
    private var wholeUsage: Usage?
    /// The whole answer was seen at once; its pieces need no second look.
    private var isRead = false
    private var endsInLine = false
    private var lineCount = 0
    /// A whole answer that told no usage.
    private var unread: Bytes?

    init(
        _ head: borrowing ResponseHead, withholdsUsage: Bool, format: WireFormat = .chatCompletions
    ) {
        kind = Self.kind(of: head)
        self.format = format
        stream = StreamTap(mode: withholdsUsage ? .withhold : .observe, format: format)
    }

    private static func kind(of head: borrowing ResponseHead) -> Kind {
        guard !head.fields.contains(.contentEncoding), head.status < 300,
            let index = head.fields.firstIndex(of: KnownField.contentType)
        else { return .opaque }
        let type = head.fields.valueSpan(at: index)
        if type.hasPrefixIgnoringCase("text/event-stream") { return .eventStream }
        if type.hasPrefixIgnoringCase("application/x-ndjson") { return .lines }
        return type.hasPrefixIgnoringCase("application/json") ? .whole : .opaque
    }

    /// Who wants the text of a stream; nil while nobody does.
    var text: StreamText? {
        get { stream.text }
        set { stream.text = newValue }
    }

    var isEventStream: Bool { kind == .eventStream }

    /// Whether an error can be told behind what has passed.
    var takesEvents: Bool { kind == .eventStream || kind == .lines }

    /// Whether the client has half an event.
    var isMidEvent: Bool { isEventStream ? stream.isMidEvent : endsInLine }

    var usage: Usage? { kind == .eventStream ? stream.facts.usage : wholeUsage }

    /// Reads the usage of an answer that is here with all its bytes, before they are passed on.
    mutating func onWhole(_ bytes: Span<UInt8>) {
        guard kind == .whole else { return }
        wholeUsage = AnswerTail.usage(in: bytes, format)
        if wholeUsage == nil { unread = Bytes(copying: bytes) }
        isRead = true
    }

    /// Gives the pieces of `bytes` that the client gets, in order.
    mutating func pass(_ bytes: Span<UInt8>, _ send: (Span<UInt8>) -> Void) {
        guard kind == .eventStream else {
            if kind != .opaque, !isRead { tail.observe(bytes) }
            if kind == .lines { noteLines(bytes) }
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

    private mutating func noteLines(_ bytes: Span<UInt8>) {
        for index in bytes.indices where bytes[index] == 0x0A { lineCount += 1 }
        if !bytes.isEmpty { endsInLine = bytes[bytes.count - 1] != 0x0A }
    }

    /// What is known of an answer's length when its usage is not; nil if nothing is.
    var uncounted: UncountedAnswer? {
        switch kind {
        case .eventStream:
            .pieces(count: stream.facts.deltaCount, bytes: stream.facts.deltaBytes)
        case .lines: .pieces(count: lineCount, bytes: 0)
        case .whole:
            if let body = unread ?? tail.unread {
                .body(body, format)
            } else {
                .pieces(count: 0, bytes: tail.byteCount)
            }
        case .opaque: nil
        }
    }

    /// The body is complete: gives what was still held, and reads the usage of a whole answer.
    mutating func finish(_ send: (Span<UInt8>) -> Void) {
        switch kind {
        case .eventStream:
            let rest = stream.finish()
            if !rest.held.isEmpty { send(rest.held.span) }
        case .whole where isRead: break
        case .whole, .lines: wholeUsage = tail.finish(format)
        case .opaque: break
        }
    }
}
