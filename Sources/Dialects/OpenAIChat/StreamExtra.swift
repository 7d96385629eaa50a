// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// The rarer members of a delta.
enum StreamExtra {
    /// Writes an object with the event's members; false if a chunk cannot say it.
    static func write(
        _ event: StreamEvent, runningCall: Int?, of provider: WireFormat?,
        to json: inout JSONWriter
    ) -> Bool {
        switch event {
        case .signature(let text):
            guard runningCall == nil else {
                signature(text, runningCall, &json)
                break
            }
            var thought = Thought()
            thought.signature = text
            thought.origin = provider
            details(thought, &json)
        case .sealedReasoning(let data):
            var thought = Thought()
            thought.sealed = data
            thought.origin = provider
            details(thought, &json)
        case .citation(let whole):
            guard let citation = Citation(whole) else { return false }
            json.beginObject()
            json.key("annotations")
            json.beginArray()
            citation.writeCompletions(&json)
            json.endArray()
            json.endObject()
        case .logprobs(let whole):
            guard let odds = TokenOdds.completions(whole) else { return false }
            json.raw(odds)
        case .media(let part):
            guard case .image = part.kind else { return false }
            json.beginObject()
            json.images([part])
            json.endObject()
        default: return false
        }
        return true
    }

    private static func signature(
        _ text: EscapedText, _ call: Int?, _ json: inout JSONWriter
    ) {
        guard let call else { return }
        json.beginObject()
        json.key("tool_calls")
        json.beginArray()
        json.beginObject()
        json.member("index", call)
        ToolCallSpelling.write(signature: text, to: &json)
        json.endObject()
        json.endArray()
        json.endObject()
    }

    private static func details(_ thought: Thought, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("reasoning_details")
        json.beginArray()
        ThoughtSpelling.write(thought, index: 0, to: &json)
        json.endArray()
        json.endObject()
    }
}

extension JSONWriter {
    /// Pictures in an answer, as OpenRouter writes them; nothing if there are none.
    mutating func images(_ parts: [ContentPart]) {
        var isOpen = false
        for part in parts {
            guard case .image(let source, _) = part.kind else { continue }
            if !isOpen {
                key("images")
                beginArray()
                isOpen = true
            }
            beginObject()
            member("type", "image_url")
            key("image_url")
            beginObject()
            key("url")
            switch source {
            case .url(let url, _): string(url)
            case .base64(let data, let type): DataURL.write(data, mediaType: type, to: &self)
            case .stored(let text, _), .text(let text): string(text)
            }
            endObject()
            endObject()
        }
        if isOpen { endArray() }
    }
}
