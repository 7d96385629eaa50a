// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Reads the events of an Anthropic stream.
public struct MessagesStreamDecoder: StreamDecoder {
    private var usage = MessagesUsage()
    /// What the block that runs is.
    private var block: PartKind?
    private var callCount = 0

    public init() {}

    /// Takes one event; throws for what is no event of this format.
    public mutating func frames(
        of data: Bytes, name: Span<UInt8>
    ) throws(ProviderError) -> [StreamFrame] {
        let root: JSONSlice
        do throws(JSONFault) { root = try JSONScanner.validate(data.span) } catch {
            throw .malformed(error)
        }
        let body = ChatBody(data)
        guard let type = body.member("type", of: root) else {
            throw .malformed("An event of the provider's stream has no type.")
        }
        var frame = StreamFrame()
        frame.source = SourceEvent(
            format: .messages, name: Bytes(copying: name), payload: data)
        do throws(RequestFault) { frame.events = try events(type, root, body) } catch {
            throw .malformed(error.message)
        }
        return [frame]
    }

    private mutating func events(
        _ type: JSONSlice, _ root: JSONSlice, _ body: ChatBody
    ) throws(RequestFault) -> [StreamEvent] {
        let span = body.bytes.span
        // The most frequent first.
        if type.equals("content_block_delta", in: span) {
            guard let delta = body.member("delta", of: root) else {
                throw body.missing("delta", in: root)
            }
            return try self.delta(delta, body)
        }
        if type.equals("content_block_start", in: span) {
            guard let block = body.member("content_block", of: root) else {
                throw body.missing("content_block", in: root)
            }
            return try start(block, body)
        }
        if type.equals("content_block_stop", in: span) {
            block = nil
            return [.partEnd]
        }
        if type.equals("message_delta", in: span) { return messageDelta(root, body) }
        if type.equals("message_start", in: span) { return messageStart(root, body) }
        if type.equals("message_stop", in: span) { return [.done] }
        if type.equals("ping", in: span) { return [.ping] }
        if type.equals("error", in: span) {
            return [.error(MessagesErrorReader.read(body.bytes, status: 0))]
        }
        return [.foreign(type: try body.text(type), json: body.bytes)]
    }

    private mutating func messageStart(
        _ root: JSONSlice, _ body: ChatBody
    ) -> [StreamEvent] {
        var head = AnswerHead()
        guard let message = body.member("message", of: root) else { return [.start(head)] }
        head.id = body.member("id", of: message).flatMap { EscapedText($0, in: body.bytes) }
        head.model = body.member("model", of: message).flatMap {
            EscapedText($0, in: body.bytes)
        }
        guard let counts = body.member("usage", of: message) else { return [.start(head)] }
        usage.read(counts, in: body)
        head.serviceTier = body.member("service_tier", of: counts).flatMap {
            EscapedText($0, in: body.bytes)
        }
        return [.start(head), .usage(usage.usage)]
    }

    private mutating func messageDelta(
        _ root: JSONSlice, _ body: ChatBody
    ) -> [StreamEvent] {
        var events: [StreamEvent] = []
        if let delta = body.member("delta", of: root),
            let reason = body.member("stop_reason", of: delta),
            let word = EscapedText(reason, in: body.bytes)
        {
            let met = body.member("stop_sequence", of: delta)
            let stopSequence = met.flatMap { EscapedText($0, in: body.bytes) }
            events.append(.finish(MessagesFinish.finish(word, stopSequence: stopSequence)))
        }
        if let counts = body.member("usage", of: root) {
            usage.read(counts, in: body)
            events.append(.usage(usage.usage))
        }
        return events
    }

    private mutating func start(
        _ value: JSONSlice, _ body: ChatBody
    ) throws(RequestFault) -> [StreamEvent] {
        let part = try MessagesBlockReader(body: body).part(value)
        switch part.kind {
        case .text(let text):
            block = .text
            return text.isEmpty ? [.partStart(.text)] : [.partStart(.text), .text(text)]
        case .reasoning(let thought):
            if let sealed = thought.sealed {
                block = .sealedReasoning
                return [.partStart(.sealedReasoning), .sealedReasoning(sealed)]
            }
            block = .reasoning
            var events: [StreamEvent] = [.partStart(.reasoning)]
            if let text = thought.text, !text.isEmpty { events.append(.reasoning(text)) }
            if let sign = thought.signature, !sign.isEmpty { events.append(.signature(sign)) }
            return events
        case .toolCall(let call):
            block = .toolCall
            let index = callCount
            callCount += 1
            var events: [StreamEvent] = [
                .partStart(.toolCall), .toolCall(index: index, id: call.id, name: call.name),
            ]
            if !call.arguments.span.isEmptyObject {
                let text = EscapedText(escaping: call.arguments.span)
                events.append(.toolArguments(index: index, text))
            }
            return events
        case .image, .audio, .video, .file:
            block = .media
            return [.partStart(.media), .media(part)]
        case .foreign(let type, let json):
            block = .foreign
            return [.partStart(.foreign), .foreign(type: type, json: json)]
        case .refusal, .toolResult:
            block = .foreign
            return [.partStart(.foreign)]
        }
    }

    private func delta(
        _ value: JSONSlice, _ body: ChatBody
    ) throws(RequestFault) -> [StreamEvent] {
        let span = body.bytes.span
        var type: JSONSlice?
        var members = JSONMembers(of: value, in: span)
        while let member = members.next() {
            if body.isNamed(member, "type") {
                type = member.value
            } else if body.isNamed(member, "text") {
                return [.text(try body.text(member.value))]
            } else if body.isNamed(member, "partial_json") {
                // What a server tool is called with concerns nobody but its own format.
                guard block == .toolCall else { return [] }
                return [.toolArguments(index: callCount - 1, try body.text(member.value))]
            } else if body.isNamed(member, "thinking") {
                return [.reasoning(try body.text(member.value))]
            } else if body.isNamed(member, "signature") {
                return [.signature(try body.text(member.value))]
            } else if body.isNamed(member, "citation") {
                return [.citation(body.raw(member.value))]
            }
        }
        guard let type else { throw body.missing("type", in: value) }
        return [.foreign(type: try body.text(type), json: body.raw(value))]
    }
}

extension Span where Element == UInt8 {
    /// Whether nothing but blanks stands between two braces, or nothing at all.
    var isEmptyObject: Bool {
        for index in indices where self[index] > 0x20 {
            guard self[index] == UInt8(ascii: "{") || self[index] == UInt8(ascii: "}") else {
                return false
            }
        }
        return true
    }
}
