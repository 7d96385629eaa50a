// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension ResponsesEncoder {
    private mutating func nextPlace(_ prefix: StaticString) -> ResponsesPlace {
        itemCount += 1
        return ResponsesPlace(
            itemID: caller.itemID(prefix, itemCount), outputIndex: itemCount - 1)
    }

    // MARK: - Text

    mutating func appendText(
        _ text: EscapedText, odds: Bytes? = nil, isRefusal: Bool, _ writer: inout ByteWriter
    ) {
        var message = openMessage(isRefusal: isRefusal, &writer)
        open = .none
        message.text.append(text.raw)
        if let odds { message.odds.append(element: odds.onOneLine.inside) }
        delta(
            isRefusal ? "response.refusal.delta" : "response.output_text.delta",
            message.place, text, odds: odds, &writer)
        open = .message(message)
    }

    /// The message that runs, with a part of this kind open; begun where there is none.
    private mutating func openMessage(
        isRefusal: Bool, _ writer: inout ByteWriter
    ) -> ResponsesOpenItem.Message {
        begin(&writer)
        if case .message(var message) = open {
            if message.isRefusal == isRefusal { return message }
            closePart(&message, &writer)
            message.isRefusal = isRefusal
            message.place.inner = (message.place.inner ?? 0) + 1
            message.place.hasLogprobs = !isRefusal
            beginPart(message, &writer)
            return message
        }
        closeItem(&writer)
        var place = nextPlace("msg_")
        place.inner = 0
        place.hasLogprobs = !isRefusal
        event("response.output_item.added", &writer) { json in
            json.member("output_index", place.outputIndex)
            json.key("item")
            ResponsesOutputWriter.message(
                place.itemID, "in_progress", content: "[]", to: &json)
        }
        let message = ResponsesOpenItem.Message(place: place, isRefusal: isRefusal)
        beginPart(message, &writer)
        return message
    }

    private mutating func beginPart(
        _ message: ResponsesOpenItem.Message, _ writer: inout ByteWriter
    ) {
        event("response.content_part.added", &writer) { json in
            json.place(message.place)
            json.key("part")
            Self.part(message.isRefusal, EscapedText(), "[]", nil, &json)
        }
    }

    private static func part(
        _ isRefusal: Bool, _ text: EscapedText, _ annotations: Bytes, _ odds: Bytes?,
        _ json: inout JSONWriter
    ) {
        let part = ContentPart(isRefusal ? .refusal(text) : .text(text))
        ResponsesPartWriter.writeOutput(
            part, annotations: annotations, odds: odds ?? "[]", to: &json)
    }

    private mutating func closePart(
        _ message: inout ResponsesOpenItem.Message, _ writer: inout ByteWriter
    ) {
        let text = message.text.text
        let place = message.place
        let isRefusal = message.isRefusal
        let odds = message.odds.isEmpty ? nil : message.odds.array
        event(
            isRefusal ? "response.refusal.done" : "response.output_text.done", &writer
        ) { json in
            json.place(place)
            json.member(isRefusal ? "refusal" : "text", text)
            if !isRefusal { json.member("logprobs", raw: odds ?? "[]") }
        }
        var part = JSONWriter(capacity: text.raw.count + 128)
        Self.part(isRefusal, text, message.annotations.array, odds, &part)
        let whole = part.finish()
        event("response.content_part.done", &writer) { json in
            json.place(place)
            json.member("part", raw: whole)
        }
        message.parts.append(element: whole)
        message.text = TextPile()
        message.annotations = TextPile()
        message.annotationCount = 0
        message.odds = TextPile()
    }

    mutating func appendCitation(_ whole: Bytes, _ writer: inout ByteWriter) {
        guard let citation = Citation(whole) else { return }
        var message = openMessage(isRefusal: false, &writer)
        open = .none
        var json = JSONWriter(capacity: 256)
        citation.writeResponses(&json)
        let annotation = json.finish()
        let index = message.annotationCount
        var place = message.place
        place.hasLogprobs = false
        event("response.output_text.annotation.added", &writer) { json in
            json.place(place)
            json.member("annotation_index", index)
            json.member("annotation", raw: annotation)
        }
        message.annotationCount += 1
        message.annotations.append(element: annotation)
        open = .message(message)
    }

    // MARK: - Thoughts

    mutating func appendThought(_ text: EscapedText, _ writer: inout ByteWriter) {
        begin(&writer)
        var item: ResponsesOpenItem.ThoughtItem
        if case .thought(let running) = open {
            item = running
        } else {
            closeItem(&writer)
            item = beginThought(&writer)
        }
        open = .none
        item.text.append(text.raw)
        delta("response.reasoning_summary_text.delta", item.place, text, &writer)
        open = .thought(item)
    }

    private mutating func beginThought(
        _ writer: inout ByteWriter
    ) -> ResponsesOpenItem.ThoughtItem {
        var place = nextPlace("rs_")
        event("response.output_item.added", &writer) { json in
            json.member("output_index", place.outputIndex)
            json.key("item")
            ResponsesOutputWriter.reasoning(place.itemID, Thought(), to: &json)
        }
        place.inner = 0
        place.isSummary = true
        event("response.reasoning_summary_part.added", &writer) { json in
            json.place(place)
            json.key("part")
            ResponsesOutputWriter.summary(EscapedText(), to: &json)
        }
        return ResponsesOpenItem.ThoughtItem(place: place)
    }

    /// Signs the thought that runs, or one that nobody sees.
    mutating func sign(_ text: EscapedText, _ writer: inout ByteWriter) {
        // A call has no place for a proof.
        if case .calls = open { return }
        if !open.isThought, !text.isEmpty {
            begin(&writer)
            closeItem(&writer)
            open = .thought(beginThought(&writer))
        }
        open.sign(text)
    }

    private mutating func close(
        _ item: ResponsesOpenItem.ThoughtItem, _ writer: inout ByteWriter
    ) {
        let text = item.text.text
        event("response.reasoning_summary_text.done", &writer) { json in
            json.place(item.place)
            json.member("text", text)
        }
        event("response.reasoning_summary_part.done", &writer) { json in
            json.place(item.place)
            json.key("part")
            ResponsesOutputWriter.summary(text, to: &json)
        }
        var thought = Thought(text: text)
        thought.signature = item.signature
        thought.origin = caller.provider
        var json = JSONWriter(capacity: text.raw.count + 128)
        ResponsesOutputWriter.reasoning(item.place.itemID, thought, to: &json)
        done(json.finish(), item.place, &writer)
    }

    /// A sealed thought is an item of its own, without a text.
    mutating func appendSealed(_ data: EscapedText, _ writer: inout ByteWriter) {
        begin(&writer)
        closeItem(&writer)
        let place = nextPlace("rs_")
        event("response.output_item.added", &writer) { json in
            json.member("output_index", place.outputIndex)
            json.key("item")
            ResponsesOutputWriter.reasoning(place.itemID, Thought(), to: &json)
        }
        var thought = Thought()
        thought.sealed = data
        thought.origin = caller.provider
        var json = JSONWriter(capacity: data.raw.count + 128)
        ResponsesOutputWriter.reasoning(place.itemID, thought, to: &json)
        done(json.finish(), place, &writer)
    }

    // MARK: - Calls

    mutating func beginCall(
        _ index: Int, _ id: EscapedText?, _ name: EscapedText, _ writer: inout ByteWriter
    ) {
        begin(&writer)
        var calls: [ResponsesOpenItem.Call] = []
        if case .calls(let running) = open { calls = running } else { closeItem(&writer) }
        let call = ResponsesOpenItem.Call(
            place: nextPlace("fc_"), index: index, id: id ?? caller.callID(number: index),
            name: name)
        event("response.output_item.added", &writer) { json in
            json.member("output_index", call.place.outputIndex)
            json.key("item")
            let empty = ToolCall(id: call.id, name: name, arguments: Bytes())
            ResponsesOutputWriter.call(
                call.place.itemID, empty, id: call.id, "in_progress", to: &json)
        }
        calls.append(call)
        open = .calls(calls)
    }

    mutating func appendArguments(
        _ index: Int, _ text: EscapedText, _ writer: inout ByteWriter
    ) {
        guard case .calls(var calls) = open,
            let place = calls.firstIndex(where: { $0.index == index })
        else { return }
        open = .none
        calls[place].arguments.append(text.raw)
        delta(
            "response.function_call_arguments.delta", calls[place].place, text, &writer)
        open = .calls(calls)
    }

    private mutating func close(
        _ call: ResponsesOpenItem.Call, _ writer: inout ByteWriter
    ) {
        let text = call.arguments.text
        event("response.function_call_arguments.done", &writer) { json in
            json.place(call.place)
            json.member("name", call.name)
            json.member("arguments", text)
        }
        var json = JSONWriter(capacity: text.raw.count + 192)
        let whole = ToolCall(id: call.id, name: call.name, arguments: text.decoded)
        ResponsesOutputWriter.call(
            call.place.itemID, whole, id: call.id, "completed", to: &json)
        done(json.finish(), call.place, &writer)
    }

    // MARK: - Any item

    mutating func appendMedia(_ part: ContentPart, _ writer: inout ByteWriter) {
        guard case .image(.base64(let data, _), _) = part.kind else { return }
        begin(&writer)
        closeItem(&writer)
        let place = nextPlace("ig_")
        var json = JSONWriter(capacity: data.raw.count + 128)
        ResponsesOutputWriter.image(place.itemID, data, to: &json)
        let item = json.finish()
        event("response.output_item.added", &writer) { json in
            json.member("output_index", place.outputIndex)
            json.member("item", raw: item)
        }
        done(item, place, &writer)
    }

    mutating func closeItem(_ writer: inout ByteWriter) {
        let running = open
        open = .none
        switch running {
        case .none: return
        case .message(var message):
            closePart(&message, &writer)
            var json = JSONWriter(capacity: 512)
            ResponsesOutputWriter.message(
                message.place.itemID, "completed", content: message.parts.array, to: &json)
            done(json.finish(), message.place, &writer)
        case .thought(let item): close(item, &writer)
        case .calls(let calls): for call in calls { close(call, &writer) }
        }
    }

    private mutating func done(
        _ item: Bytes, _ place: ResponsesPlace, _ writer: inout ByteWriter
    ) {
        event("response.output_item.done", &writer) { json in
            json.member("output_index", place.outputIndex)
            json.member("item", raw: item)
        }
        output.append(element: item)
    }
}

extension JSONWriter {
    /// The members that say where an event belongs.
    fileprivate mutating func place(_ place: ResponsesPlace) {
        member("item_id", place.itemID)
        member("output_index", place.outputIndex)
        guard let index = place.inner else { return }
        member(place.isSummary ? "summary_index" : "content_index", index)
    }
}
