// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// Reads the events of a streamed response.
public struct ResponsesDecoder: StreamDecoder {
    /// A function call of this stream, by the place of its item.
    private struct Call {
        let outputIndex: Int
        var hasArguments = false
    }

    private var calls: [Call] = []

    public init() {}

    /// Takes the payload of one event; see `StreamDecoder`.
    public mutating func frames(
        of data: Bytes, name: Span<UInt8>
    ) throws(ProviderError) -> [StreamFrame] {
        var frame = StreamFrame()
        frame.source = SourceEvent(
            format: .responses, name: Bytes(copying: name), payload: data)
        if data.span.equals("[DONE]") {
            frame.events = [.done]
            return [frame]
        }
        let root: JSONSlice
        do throws(JSONFault) { root = try JSONScanner.validate(data.span) } catch {
            throw .malformed(error)
        }
        guard root.kind == .object else { throw .malformed("An event of the stream is no object.") }
        let event = ResponsesEvent(root, ChatBody(data))
        try read(event, &frame.events)
        return [frame]
    }

    private mutating func read(
        _ event: ResponsesEvent, _ events: inout [StreamEvent]
    ) throws(ProviderError) {
        let type = event.type.span
        if type.equals("response.output_text.delta") {
            if let text = event.delta { events.append(.text(text)) }
            if let odds = event.odds { events.append(.logprobs(odds)) }
        } else if type.equals("response.function_call_arguments.delta") {
            if let text = event.delta { appendArguments(text, event, &events) }
        } else if type.equals("response.reasoning_summary_text.delta")
            || type.equals("response.reasoning_text.delta")
        {
            if let text = event.delta { events.append(.reasoning(text)) }
        } else if type.equals("response.refusal.delta") {
            if let text = event.delta { events.append(.refusal(text)) }
        } else if type.equals("response.output_item.added") {
            if let item = event.item { begin(item, event, &events) }
        } else if type.equals("response.output_item.done") {
            if let item = event.item { end(item, event, &events) }
        } else if type.equals("response.output_text.annotation.added") {
            if let whole = event.annotation { events.append(.citation(whole)) }
        } else {
            try readRest(event, &events)
        }
    }

    private mutating func readRest(
        _ event: ResponsesEvent, _ events: inout [StreamEvent]
    ) throws(ProviderError) {
        let type = event.type.span
        if type.equals("response.created") {
            if let response = event.response { events.append(.start(Self.head(response, event))) }
        } else if type.equals("response.completed") || type.equals("response.incomplete") {
            guard let response = event.response else { return }
            let answer = try ResponsesAnswerReader(event.body.bytes).read(response)
            if let usage = answer.usage { events.append(.usage(usage)) }
            if let finish = answer.choices.first?.finish { events.append(.finish(finish)) }
            events.append(.done)
        } else if type.equals("response.failed") || type.equals("error") {
            events.append(.error(OpenAIErrorReader.inStream(event.body.bytes, event.failure)))
        } else if type.equals("keepalive") || type.equals("ping") {
            events.append(.ping)
        }
    }

    private static func head(_ response: JSONSlice, _ event: ResponsesEvent) -> AnswerHead {
        var head = AnswerHead()
        let bytes = event.body.bytes
        head.id = bytes.string("id", of: response)
        head.model = bytes.string("model", of: response)
        head.created = event.body.member("created_at", of: response)?.int(in: bytes.span)
        head.serviceTier = bytes.string("service_tier", of: response)
        return head
    }

    private mutating func begin(
        _ item: JSONSlice, _ event: ResponsesEvent, _ events: inout [StreamEvent]
    ) {
        let bytes = event.body.bytes
        guard let type = bytes.string("type", of: item) else { return }
        if type.equals("function_call") {
            let name = bytes.string("name", of: item) ?? EscapedText()
            events.append(
                .toolCall(
                    index: calls.count, id: bytes.string("call_id", of: item), name: name))
            calls.append(Call(outputIndex: event.outputIndex))
        } else if type.equals("reasoning") {
            events.append(.partStart(.reasoning))
        } else if type.equals("message") {
            events.append(.partStart(.text))
        } else if type.equals("image_generation_call") {
            events.append(.partStart(.media))
        } else {
            events.append(.foreign(type: type, json: bytes[item.range]))
        }
    }

    private mutating func appendArguments(
        _ text: EscapedText, _ event: ResponsesEvent, _ events: inout [StreamEvent]
    ) {
        guard let index = calls.firstIndex(where: { $0.outputIndex == event.outputIndex }) else {
            return
        }
        calls[index].hasArguments = true
        events.append(.toolArguments(index: index, text))
    }

    private mutating func end(
        _ item: JSONSlice, _ event: ResponsesEvent, _ events: inout [StreamEvent]
    ) {
        let bytes = event.body.bytes
        guard let type = bytes.string("type", of: item) else { return }
        if type.equals("function_call") {
            // Some providers send the arguments with the end alone.
            let index = calls.firstIndex { $0.outputIndex == event.outputIndex }
            if let index, !calls[index].hasArguments,
                let text = bytes.string("arguments", of: item), !text.isEmpty
            {
                events.append(.toolArguments(index: index, text))
            }
        } else if type.equals("reasoning") {
            let thought = ResponsesItem.thought(item, event.body)
            if let signature = thought.signature { events.append(.signature(signature)) }
            if let sealed = thought.sealed { events.append(.sealedReasoning(sealed)) }
        } else if type.equals("image_generation_call"),
            let data = bytes.string("result", of: item)
        {
            let source = MediaSource.base64(data, mediaType: EscapedText("image/png"))
            events.append(.media(ContentPart(.image(source, detail: nil))))
        }
        events.append(.partEnd)
    }
}

/// The members of an event that mean something, whatever its type.
struct ResponsesEvent {
    let body: ChatBody
    private(set) var type = Bytes()
    private(set) var outputIndex = 0
    private(set) var delta: EscapedText?
    private(set) var item: JSONSlice?
    private(set) var response: JSONSlice?
    private(set) var annotation: Bytes?
    /// The probabilities of a delta's tokens; nil if there are none.
    private(set) var odds: Bytes?
    /// The object that tells what went wrong: the error, or the event itself.
    private(set) var failure: JSONSlice

    init(_ root: JSONSlice, _ body: ChatBody) {
        self.body = body
        failure = root
        let bytes = body.bytes
        var members = JSONMembers(of: root, in: bytes.span)
        while let member = members.next() {
            let value = member.value
            let name = bytes.span.extracting(member.key.content)
            if name.equals("type") {
                type = value.string(in: bytes) ?? Bytes()
            } else if name.equals("delta") {
                delta = EscapedText(value, in: bytes)
            } else if name.equals("output_index") {
                outputIndex = value.int(in: bytes.span) ?? 0
            } else if name.equals("item"), value.kind == .object {
                item = value
            } else if name.equals("response"), value.kind == .object {
                response = value
                if let error = body.member("error", of: value), error.kind == .object {
                    failure = error
                }
            } else if name.equals("error"), value.kind == .object {
                failure = value
            } else if name.equals("annotation"), value.kind == .object {
                annotation = bytes[value.range]
            } else if name.equals("logprobs"), value.kind == .array,
                !value.isEmptyList(in: bytes.span)
            {
                odds = bytes[value.range]
            }
        }
    }
}
