// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Reads the events of a Cohere stream.
public struct CohereStreamDecoder: StreamDecoder {
    private var callCount = 0

    public init() {}

    /// Reads one event, or one line.
    public mutating func frames(
        of data: Bytes, name: Span<UInt8>
    ) throws(ProviderError) -> [StreamFrame] {
        var frame = StreamFrame()
        frame.source = SourceEvent(
            format: .cohereChat, name: Bytes(copying: name), payload: data)
        if data.span.equals("[DONE]") {
            frame.events = [.done]
            return [frame]
        }
        let root: JSONSlice
        do throws(JSONFault) { root = try JSONScanner.validate(data.span) } catch {
            throw .malformed(error)
        }
        let body = ChatBody(data)
        guard let type = body.member("type", of: root) else {
            throw .malformed("An event of the provider's stream has no type.")
        }
        do throws(RequestFault) { frame.events = try events(type, root, body) } catch {
            throw .malformed(error.message)
        }
        return [frame]
    }

    private mutating func events(
        _ type: JSONSlice, _ root: JSONSlice, _ body: ChatBody
    ) throws(RequestFault) -> [StreamEvent] {
        let span = body.bytes.span
        let delta = body.member("delta", of: root)
        let message = delta.flatMap { body.member("message", of: $0) }
        // The most frequent first.
        if type.equals("content-delta", in: span) { return content(message, body) }
        if type.equals("tool-call-delta", in: span) { return arguments(message, body) }
        if type.equals("tool-plan-delta", in: span) {
            let plan = message.flatMap { body.member("tool_plan", of: $0) }
            return plan.flatMap { EscapedText($0, in: body.bytes) }.map { [.text($0)] } ?? []
        }
        if type.equals("content-start", in: span) { return contentStart(message, body) }
        if type.equals("content-end", in: span) { return [.partEnd] }
        if type.equals("tool-call-start", in: span) { return try callStart(message, body) }
        if type.equals("tool-call-end", in: span) { return [.partEnd] }
        if type.equals("citation-start", in: span) {
            let citation = message.flatMap { body.member("citations", of: $0) }
            return citation.map { [.citation(body.raw($0))] } ?? []
        }
        if type.equals("citation-end", in: span) { return [] }
        if type.equals("message-start", in: span) {
            var head = AnswerHead()
            head.id = body.member("id", of: root).flatMap { EscapedText($0, in: body.bytes) }
            return [.start(head)]
        }
        if type.equals("message-end", in: span) { return messageEnd(delta, body) }
        return [.foreign(type: try body.text(type), json: body.bytes)]
    }

    /// The text or thought in a piece of content.
    private func content(_ message: JSONSlice?, _ body: ChatBody) -> [StreamEvent] {
        guard let content = message.flatMap({ body.member("content", of: $0) }) else { return [] }
        var events: [StreamEvent] = []
        var members = JSONMembers(of: content, in: body.bytes.span)
        while let member = members.next() {
            let isText = body.isNamed(member, "text")
            guard isText || body.isNamed(member, "thinking"),
                let text = EscapedText(member.value, in: body.bytes), !text.isEmpty
            else { continue }
            events.append(isText ? .text(text) : .reasoning(text))
        }
        return events
    }

    private func contentStart(_ message: JSONSlice?, _ body: ChatBody) -> [StreamEvent] {
        let content = message.flatMap { body.member("content", of: $0) }
        let type = content.flatMap { body.member("type", of: $0) }
        let isThought = type?.equals("thinking", in: body.bytes.span) ?? false
        return [.partStart(isThought ? .reasoning : .text)] + self.content(message, body)
    }

    private mutating func callStart(
        _ message: JSONSlice?, _ body: ChatBody
    ) throws(RequestFault) -> [StreamEvent] {
        guard let call = message.flatMap({ body.member("tool_calls", of: $0) }),
            let function = body.member("function", of: call),
            let name = body.member("name", of: function)
        else { throw .missing("delta.message.tool_calls") }
        let id = body.member("id", of: call).flatMap { EscapedText($0, in: body.bytes) }
        let index = callCount
        callCount += 1
        return [
            .partStart(.toolCall), .toolCall(index: index, id: id, name: try body.text(name)),
        ] + arguments(message, body)
    }

    private func arguments(_ message: JSONSlice?, _ body: ChatBody) -> [StreamEvent] {
        guard callCount > 0, let call = message.flatMap({ body.member("tool_calls", of: $0) }),
            let function = body.member("function", of: call),
            let value = body.member("arguments", of: function),
            let text = EscapedText(value, in: body.bytes), !text.isEmpty
        else { return [] }
        return [.toolArguments(index: callCount - 1, text)]
    }

    private func messageEnd(_ delta: JSONSlice?, _ body: ChatBody) -> [StreamEvent] {
        guard let delta else { return [] }
        var events: [StreamEvent] = []
        if let error = body.member("error", of: delta)?.string(in: body.bytes) {
            return [.error(ProviderError(kind: .internalError, status: 500, message: error))]
        }
        if let word = body.member("finish_reason", of: delta).flatMap({
            EscapedText($0, in: body.bytes)
        }) {
            events.append(.finish(CohereFinish.finish(word)))
        }
        if let usage = body.member("usage", of: delta).flatMap({ CohereUsage.read($0, in: body) }) {
            events.append(.usage(usage))
        }
        return events
    }
}
