// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes the output items of a whole answer.
struct ResponsesOutputWriter {
    private let caller: CallerTraits
    /// The tokens' probabilities, for the first text.
    private var odds: Bytes?
    /// Items written so far, for their ids.
    private(set) var count = 0
    private var calls = 0

    init(_ caller: CallerTraits, odds: Bytes? = nil) {
        self.caller = caller
        self.odds = odds
    }

    mutating func write(_ parts: [ContentPart], to json: inout JSONWriter) {
        var run: [ContentPart] = []
        for part in parts {
            switch part.kind {
            case .text, .refusal: run.append(part)
            default:
                writeMessage(run, &json)
                run = []
                writeItem(part, &json)
            }
        }
        writeMessage(run, &json)
    }

    private mutating func nextID(_ prefix: StaticString) -> EscapedText {
        count += 1
        return caller.itemID(prefix, count)
    }

    private mutating func writeMessage(_ run: [ContentPart], _ json: inout JSONWriter) {
        guard !run.isEmpty else { return }
        var content = JSONWriter(capacity: 256)
        content.beginArray()
        for part in run { writeText(part, &content) }
        content.endArray()
        Self.message(nextID("msg_"), "completed", content: content.finish(), to: &json)
    }

    private mutating func writeText(_ part: ContentPart, _ json: inout JSONWriter) {
        guard case .text(let text) = part.kind else {
            ResponsesPartWriter.writeOutput(part, to: &json)
            return
        }
        var annotations = JSONWriter(capacity: 64)
        annotations.beginArray()
        for citation in Citation.all(of: part, text) { citation.writeResponses(&annotations) }
        annotations.endArray()
        ResponsesPartWriter.writeOutput(
            part, annotations: annotations.finish(), odds: odds ?? "[]", to: &json)
        odds = nil
    }

    private mutating func writeItem(_ part: ContentPart, _ json: inout JSONWriter) {
        switch part.kind {
        case .reasoning(let thought): Self.reasoning(nextID("rs_"), thought, to: &json)
        case .toolCall(let call):
            let made = caller.callID(number: calls)
            calls += 1
            Self.call(nextID("fc_"), call, id: call.id ?? made, "completed", to: &json)
        case .image(let source, _):
            if case .base64(let data, _) = source { Self.image(nextID("ig_"), data, to: &json) }
        default: break
        }
    }

    static func message(
        _ id: EscapedText, _ status: StaticString, content: Bytes, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.member("id", id)
        json.member("type", "message")
        json.member("status", status)
        json.member("role", "assistant")
        json.member("content", raw: content)
        json.endObject()
    }

    /// A thought as its summary; a proof of another format travels in the sealed field.
    static func reasoning(_ id: EscapedText, _ thought: Thought, to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", id)
        json.member("type", "reasoning")
        json.key("summary")
        json.beginArray()
        if let text = thought.text { Self.summary(text, to: &json) }
        json.endArray()
        if thought.sealed == nil, let signature = thought.signature {
            // What is not sealed needs its mark, whoever signed it.
            let mark = OriginMark(signature, of: thought.origin ?? .chatCompletions)
            json.member("encrypted_content", mark.marked)
        } else if let sealed = thought.proof(in: .responses) {
            json.member("encrypted_content", sealed)
        }
        json.endObject()
    }

    static func summary(_ text: EscapedText, to json: inout JSONWriter) {
        json.beginObject()
        json.member("type", "summary_text")
        json.member("text", text)
        json.endObject()
    }

    static func call(
        _ itemID: EscapedText, _ call: ToolCall, id: EscapedText, _ status: StaticString,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        json.member("id", itemID)
        json.member("type", "function_call")
        json.member("status", status)
        json.member("call_id", id)
        json.member("name", call.name)
        json.key("arguments")
        json.string(call.arguments)
        json.endObject()
    }

    static func image(_ id: EscapedText, _ data: EscapedText, to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", id)
        json.member("type", "image_generation_call")
        json.member("status", "completed")
        json.member("result", data)
        json.endObject()
    }
}
