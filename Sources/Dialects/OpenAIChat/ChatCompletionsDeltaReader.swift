// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads one element of a chunk's `choices`.
struct ChatCompletionsDeltaReader {
    let body: ChatBody
    private(set) var choice = 0
    private(set) var events: [StreamEvent] = []
    private var finish: Finish?
    private var logprobs: Bytes?
    private var hasThought = false

    init(_ body: ChatBody) { self.body = body }

    /// Reads the element that comes next, whatever it is.
    mutating func read(
        _ scanner: inout JSONScanner, _ calls: inout ToolCallPlaces
    ) throws(JSONFault) {
        guard try scanner.enterObject() else {
            _ = try scanner.value()
            return
        }
        var delta: JSONSlice?
        let bytes = body.bytes
        while let key = try scanner.nextKey() {
            let name = bytes.span.extracting(key.content)
            let value = try scanner.value()
            if name.equals("delta") {
                delta = value
            } else if name.equals("index") {
                choice = max(0, value.int(in: bytes.span) ?? 0)
            } else if name.equals("finish_reason") {
                if let word = EscapedText(value, in: bytes) {
                    finish = Finish(completionsWord: word)
                }
            } else if name.equals("logprobs"), value.kind == .object {
                logprobs = body.raw(value)
            }
        }
        if let delta { readDelta(delta, &calls) }
        if let logprobs { events.append(.logprobs(logprobs)) }
        if let finish { events.append(.finish(finish)) }
    }

    private mutating func readDelta(_ delta: JSONSlice, _ calls: inout ToolCallPlaces) {
        let bytes = body.bytes
        var members = JSONMembers(of: delta, in: bytes.span)
        while let member = members.next() {
            let value = member.value
            let name = bytes.span.extracting(member.key.content)
            if name.equals("content") {
                readContent(value)
            } else if name.equals("tool_calls") {
                readCalls(value, &calls)
            } else if name.equals("role") || value.kind == .null {
                continue
            } else if name.equals("reasoning_details") {
                readDetails(value)
            } else if ThoughtSpelling.isName(name) {
                readThought(value)
            } else if name.equals("refusal") {
                if let text = EscapedText(value, in: bytes), !text.isEmpty {
                    events.append(.refusal(text))
                }
            } else if name.equals("annotations") {
                var elements = JSONElements(of: value, in: bytes.span)
                while let one = elements.next() { events.append(.citation(body.raw(one))) }
            } else if name.equals("extra_content") {
                if let text = ToolCallSpelling.signature(value, in: bytes) {
                    events.append(.signature(text))
                }
            }
        }
    }

    private mutating func readContent(_ value: JSONSlice) {
        let bytes = body.bytes
        if let text = EscapedText(value, in: bytes) {
            if !text.isEmpty { events.append(.text(text)) }
            return
        }
        var elements = JSONElements(of: value, in: bytes.span)
        while let element = elements.next() {
            if let text = bytes.string("text", of: element) {
                events.append(.text(text))
            } else if let list = body.member("thinking", of: element) {
                var pieces = JSONElements(of: list, in: bytes.span)
                while let piece = pieces.next() {
                    if let text = bytes.string("text", of: piece) {
                        events.append(.reasoning(text))
                    }
                }
            }
        }
    }

    /// Some providers send a thought by two names at once.
    private mutating func readThought(_ value: JSONSlice) {
        guard !hasThought, let text = EscapedText(value, in: body.bytes), !text.isEmpty else {
            return
        }
        hasThought = true
        events.append(.reasoning(text))
    }

    /// The text is in `reasoning` too; here are proofs and sealed thoughts.
    private mutating func readDetails(_ value: JSONSlice) {
        let bytes = body.bytes
        var elements = JSONElements(of: value, in: bytes.span)
        while let element = elements.next() {
            if let data = body.bytes.string("data", of: element) {
                events.append(.sealedReasoning(data))
            }
            if let text = body.bytes.string("signature", of: element), !text.isEmpty {
                events.append(.signature(text))
            }
        }
    }

    private mutating func readCalls(_ list: JSONSlice, _ calls: inout ToolCallPlaces) {
        let bytes = body.bytes
        var elements = JSONElements(of: list, in: bytes.span)
        while let element = elements.next() {
            guard let function = body.member("function", of: element) else {
                readSignature(element)
                foreign(element)
                continue
            }
            let id = bytes.string("id", of: element).flatMap { $0.isEmpty ? nil : $0 }
            let name = bytes.string("name", of: function).flatMap { $0.isEmpty ? nil : $0 }
            let index = body.member("index", of: element)?.int(in: bytes.span)
            let place = calls.place(
                choice: choice, wireIndex: index, id: id, hasName: name != nil)
            if place.isNew {
                events.append(
                    .toolCall(index: place.index, id: id, name: name ?? EscapedText()))
            }
            readArguments(function, place.index)
            readSignature(element)
        }
    }

    private mutating func readSignature(_ element: JSONSlice) {
        guard let extra = body.member("extra_content", of: element),
            let text = ToolCallSpelling.signature(extra, in: body.bytes)
        else { return }
        events.append(.signature(text))
    }

    private mutating func readArguments(_ function: JSONSlice, _ index: Int) {
        guard let value = body.member("arguments", of: function) else { return }
        if let text = EscapedText(value, in: body.bytes) {
            if !text.isEmpty { events.append(.toolArguments(index: index, text)) }
        } else if value.kind == .object {
            let text = EscapedText(escaping: body.raw(value).span)
            events.append(.toolArguments(index: index, text))
        }
    }

    private mutating func foreign(_ element: JSONSlice) {
        // The rest of a call that has begun; only a call with a type of its own says anything.
        guard let type = body.bytes.string("type", of: element) else { return }
        events.append(.foreign(type: type, json: body.raw(element)))
    }
}
